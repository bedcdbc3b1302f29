import { type Change, type Entry } from "./etcd/etcd.ts";
import type { Instance } from "./instances.ts";
import { instanceIdOf } from "./names.ts";
import { readRecord } from "./record.ts";

/** What an update did, by ids; a moved instance has another address. */
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
  #byId: ReadonlyMap<string, Instance> = new Map();
  #snapshot: readonly Instance[] = Object.freeze([]);
  #reported: ReadonlyMap<string, bigint> = new Map();

  constructor(prefix: string, onUnreadable: (value: UnreadableValue) => void) {
    this.#prefix = prefix;
    this.#onUnreadable = onUnreadable;
  }

  get snapshot(): readonly Instance[] {
    return this.#snapshot;
  }

  /** Takes a complete list. @returns what changed, `undefined` for nothing */
  replace(entries: readonly Entry[]): TableDiff | undefined {
    const listed = new Set(entries.map(({ key }) => key));
    this.#reported = new Map([...this.#reported].filter(([key]) => listed.has(key)));
    const next = new Map<string, Instance>();
    for (const entry of entries) this.#put(next, entry);
    return this.#become(next);
  }

  /** Takes changes since. @returns what they changed in the end, `undefined` for nothing */
  apply(changes: readonly Change[]): TableDiff | undefined {
    if (changes.length === 0) return undefined;
    const next = new Map(this.#byId);
    for (const change of changes) {
      if (change.tag === "put") this.#put(next, change.entry);
      else next.delete(instanceIdOf(change.key, this.#prefix) ?? "");
    }
    return this.#become(next);
  }

  #put(next: Map<string, Instance>, entry: Entry): void {
    const id = instanceIdOf(entry.key, this.#prefix);
    if (id === undefined) return;
    const reading = readRecord(entry.value);
    switch (reading.tag) {
      case "address": {
        const known = this.#byId.get(id);
        next.set(id, known?.address === reading.address ? known : Object.freeze({ id, address: reading.address }));
        return;
      }
      case "unreadable":
        next.delete(id);
        this.#report(entry, reading.reason);
        return;
      default:
        reading satisfies never;
    }
  }

  #report({ key, modRevision }: Entry, reason: string): void {
    if (this.#reported.get(key) === modRevision) return;
    this.#reported = new Map(this.#reported).set(key, modRevision);
    this.#onUnreadable({ key, reason });
  }

  #become(next: ReadonlyMap<string, Instance>): TableDiff | undefined {
    const before = this.#byId;
    const joined = [...next.keys()].filter((id) => !before.has(id));
    const left = [...before.keys()].filter((id) => !next.has(id));
    const moved = [...next].filter(([id, instance]) => before.has(id) && before.get(id) !== instance).map(([id]) => id);
    if (joined.length + left.length + moved.length === 0) return undefined;
    this.#byId = next;
    this.#snapshot = Object.freeze([...next.values()].sort((a, b) => (a.id < b.id ? -1 : 1)));
    return { joined, left, moved };
  }
}
