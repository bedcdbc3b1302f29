import { type Change, type Entry } from "./etcd/etcd.ts";
import type { Instance } from "./instances.ts";
import { instanceIdOf } from "./names.ts";
import { readRecord, type InstanceEndpoint } from "./record.ts";

/** What an update did, by ids; a moved instance has another address, or tells something else of itself. */
export interface TableDiff {
  readonly joined: readonly string[];
  readonly left: readonly string[];
  readonly moved: readonly string[];
}

/** A key whose value says nothing we understand. */
export interface UnreadableValue {
  readonly key: string;
  readonly reason: string;
}

/**
 * The instances below one prefix. Pure bookkeeping: the keys below the prefix go in, immutable snapshots come out.
 * A value that cannot be read hides its own key and nothing else, and is reported once per write of it.
 */
export class InstanceTable {
  readonly #prefix: string;
  readonly #onUnreadable: (value: UnreadableValue) => void;
  readonly #byId = new Map<string, Instance>();
  #snapshot: readonly Instance[] = Object.freeze([]);
  #reported = new Map<string, bigint>();

  constructor(prefix: string, onUnreadable: (value: UnreadableValue) => void) {
    this.#prefix = prefix;
    this.#onUnreadable = onUnreadable;
  }

  get snapshot(): readonly Instance[] {
    return this.#snapshot;
  }

  /** The instances that a complete list lacks. */
  missingFrom(entries: readonly Entry[]): Instance[] {
    const listed = new Set(entries.map(({ key }) => instanceIdOf(key, this.#prefix)));
    return this.#snapshot.filter(({ id }) => !listed.has(id));
  }

  /** Takes a complete list, in which those of `kept` that it lacks stay. @returns what changed, `undefined` for nothing */
  replace(entries: readonly Entry[], kept: readonly Instance[] = []): TableDiff | undefined {
    const listed = new Set(entries.map(({ key }) => key));
    this.#reported = new Map([...this.#reported].filter(([key]) => listed.has(key)));
    const wanted = new Map<string, InstanceEndpoint | undefined>(kept.map((instance) => [instance.id, instance]));
    for (const { id } of this.missingFrom(entries)) if (!wanted.has(id)) wanted.set(id, undefined);
    for (const entry of entries) this.#read(wanted, entry);
    return this.#become(wanted);
  }

  /** Takes changes since. @returns what they changed in the end, `undefined` for nothing */
  apply(changes: readonly Change[]): TableDiff | undefined {
    const wanted = new Map<string, InstanceEndpoint | undefined>();
    for (const change of changes) {
      if (change.tag === "put") this.#read(wanted, change.entry);
      else wanted.set(instanceIdOf(change.key, this.#prefix) ?? "", undefined);
    }
    return this.#become(wanted);
  }

  /** Takes instances from elsewhere than etcd, in place of all. */
  restore(instances: readonly Instance[]): TableDiff | undefined {
    return this.replace([], instances);
  }

  /** Takes one away. @returns what changed, `undefined` when it is not there */
  drop(id: string): TableDiff | undefined {
    return this.#become(new Map([[id, undefined]]));
  }

  #read(wanted: Map<string, InstanceEndpoint | undefined>, entry: Entry): void {
    const id = instanceIdOf(entry.key, this.#prefix);
    if (id === undefined) return;
    const reading = readRecord(entry.value);
    switch (reading.tag) {
      case "endpoint":
        wanted.set(id, reading.endpoint);
        return;
      case "unreadable":
        wanted.set(id, undefined);
        this.#report(entry, reading.reason);
        return;
      default:
        reading satisfies never;
    }
  }

  #report({ key, modRevision }: Entry, reason: string): void {
    if (this.#reported.get(key) === modRevision) return;
    this.#reported.set(key, modRevision);
    this.#onUnreadable({ key, reason });
  }

  /** Brings the ids that are named up to date; `undefined` for those that are to go. Costs what they cost, not the table. */
  #become(wanted: ReadonlyMap<string, InstanceEndpoint | undefined>): TableDiff | undefined {
    const diff = { joined: new Array<string>(), left: new Array<string>(), moved: new Array<string>() };
    for (const [id, endpoint] of wanted) {
      const before = this.#byId.get(id);
      if (endpoint === undefined) {
        if (this.#byId.delete(id)) diff.left.push(id);
      } else if (before === undefined || !isSame(before, endpoint)) {
        this.#byId.set(id, Object.freeze({ id, ...endpoint }));
        (before === undefined ? diff.joined : diff.moved).push(id);
      }
    }
    if (diff.joined.length + diff.left.length + diff.moved.length === 0) return undefined;
    this.#snapshot = Object.freeze(this.#updated(diff));
    return diff;
  }

  /**
   * The snapshot before, which is sorted, with what has changed in it. Its copy is made by spreading: of a frozen array V8
   * copies the elements one by one in `slice`, `filter` and `toSpliced`, which takes a hundred times as long.
   */
  #updated({ joined, left, moved }: TableDiff): Instance[] {
    const next = [...this.#snapshot];
    for (const id of left) next.splice(positionOf(id, next), 1);
    for (const [ids, replaced] of [
      [moved, 1],
      [joined.toSorted(), 0],
    ] as const) {
      for (const id of ids) {
        const instance = this.#byId.get(id);
        if (instance !== undefined) next.splice(positionOf(id, next), replaced, instance);
      }
    }
    return next;
  }
}

/** Where in the sorted list the instance of this id is, or would be. */
function positionOf(id: string, instances: readonly Instance[]): number {
  let [low, high] = [0, instances.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const at = instances[middle];
    if (at !== undefined && at.id < id) low = middle + 1;
    else high = middle;
  }
  return low;
}

function isSame(before: Instance, endpoint: InstanceEndpoint): boolean {
  return (
    before.address === endpoint.address &&
    before.zone === endpoint.zone &&
    before.weight === endpoint.weight &&
    before.version === endpoint.version &&
    before.since === endpoint.since
  );
}
