import { AnswerQueue } from "../etcd/answer-queue.ts";
import {
  EtcdUnreachableError,
  LeaseGoneError,
  noLease,
  type Change,
  type Conditional,
  type ConditionalPut,
  type Entry,
  type Etcd,
  type KeyRange,
  type Listing,
  type WriteOutcome,
  type WatchAnswer,
} from "../etcd/etcd.ts";
import { Reachability, type RegistryLog } from "../etcd/reachability.ts";

interface Lease {
  readonly ttlSeconds: number;
  timer: NodeJS.Timeout | undefined;
  /** By `performance.now()`. */
  endsAt: number;
}

interface Watch {
  readonly range: KeyRange;
  readonly answers: AnswerQueue<WatchAnswer>;
}

/**
 * An etcd of one member in memory, with revisions, leases that run out, and watches. Its own methods are an operator's
 * hands; `connect` makes what a process sees of it.
 */
export class MemoryEtcd {
  #clusterId = 1;
  #revision = 1n;
  #compacted = 0n;
  #history: { readonly revision: bigint; readonly change: Change }[] = [];
  #isUp = true;
  #leasesGranted = 0;
  readonly #entries = new Map<string, Entry>();
  readonly #leases = new Map<string, Lease>();
  readonly #watches = new Set<Watch>();

  connect(log: RegistryLog): Etcd {
    const reachability = new Reachability(log, { endpoints: ["memory"] });
    const ask = async <T>(answer: () => T): Promise<T> => {
      await Promise.resolve();
      try {
        this.#assertUp();
      } catch (error) {
        if (error instanceof EtcdUnreachableError) reachability.failed(error);
        throw error;
      }
      reachability.answered();
      return answer();
    };
    return {
      list: (range) => ask(() => this.#list(range)),
      put: (write) => ask(() => this.#putIf(write)),
      delete: (deletion) => ask(() => this.#deleteIf(deletion)),
      grantLease: (ttlSeconds) => ask(() => this.#grant(ttlSeconds)),
      keepAlive: (lease) => ask(() => this.#keepAlive(lease)),
      leaseSecondsLeft: (lease) => ask(() => this.#secondsLeft(lease)),
      revokeLease: (lease) => ask(() => this.revoke(lease)),
      watch: (range, from, signal) => this.#watch(range, from, signal),
      pause: (ms, signal) => reachability.pause(ms, signal),
      close: () => undefined,
    };
  }

  put(key: string, value: string | Uint8Array, lease: string = noLease): void {
    this.#revision++;
    const entry = { key, value: Buffer.from(value), lease, modRevision: this.#revision };
    this.#entries.set(key, entry);
    this.#publish([{ tag: "put", entry }]);
  }

  /** The key's value as text. */
  get(key: string): string | undefined {
    const value = this.#entries.get(key)?.value;
    return value && Buffer.from(value).toString();
  }

  delete(...keys: readonly string[]): void {
    const existing = keys.filter((key) => this.#entries.delete(key));
    if (existing.length === 0) return;
    this.#revision++;
    this.#publish(existing.map((key) => ({ tag: "delete", key })));
  }

  leaseOf(key: string): string | undefined {
    return this.#entries.get(key)?.lease;
  }

  revoke(lease: string): void {
    clearTimeout(this.#leases.get(lease)?.timer);
    this.#leases.delete(lease);
    this.delete(...[...this.#entries.values()].filter((entry) => entry.lease === lease).map(({ key }) => key));
  }

  /** Forgets what has changed so far; watches that ask for it are refused. */
  compact(): void {
    this.#history = [];
    this.#compacted = this.#revision;
  }

  /** Answers nobody until `start`; time stands still for the leases. */
  stop(): void {
    this.#isUp = false;
    for (const lease of this.#leases.values()) clearTimeout(lease.timer);
    for (const { answers } of this.#watches) answers.fail(new EtcdUnreachableError("memory etcd is stopped"));
  }

  /** Answers again, and gives every lease its full time, as a new leader does. */
  start(): void {
    this.#isUp = true;
    for (const lease of this.#leases.keys()) this.#keepAlive(lease);
  }

  /** Becomes a new etcd without data. */
  wipe(): void {
    this.stop();
    this.#entries.clear();
    this.#leases.clear();
    this.#history = [];
    this.#clusterId++;
    this.#revision = 1n;
    this.#compacted = 0n;
    this.#isUp = true;
  }

  #assertUp(): void {
    if (!this.#isUp) throw new EtcdUnreachableError("memory etcd is stopped");
  }

  #position() {
    return { clusterId: String(this.#clusterId), revision: this.#revision };
  }

  #list(range: KeyRange): Listing {
    const entries = [...this.#entries.values()].filter(({ key }) => isIn(range, key));
    return { ...this.#position(), entries };
  }

  #putIf({ key, value, lease, ifModRevision }: ConditionalPut): WriteOutcome {
    const current = this.#entries.get(key);
    if ((current?.modRevision ?? 0n) !== ifModRevision) return { tag: "refused", current, revision: this.#revision };
    if (lease !== noLease && !this.#leases.has(lease)) throw new LeaseGoneError(`lease ${lease} has ended`);
    this.put(key, value, lease);
    return { tag: "written", revision: this.#revision };
  }

  #deleteIf({ key, ifModRevision }: Conditional): WriteOutcome {
    const current = this.#entries.get(key);
    if ((current?.modRevision ?? 0n) !== ifModRevision) return { tag: "refused", current, revision: this.#revision };
    this.delete(key);
    return { tag: "written", revision: this.#revision };
  }

  #grant(ttlSeconds: number): string {
    const id = String(++this.#leasesGranted);
    this.#leases.set(id, { ttlSeconds, timer: undefined, endsAt: Infinity });
    this.#keepAlive(id);
    return id;
  }

  #secondsLeft(id: string): number | undefined {
    const lease = this.#leases.get(id);
    return lease && Math.max(0, Math.floor((lease.endsAt - performance.now()) / 1000));
  }

  #keepAlive(id: string): boolean {
    const lease = this.#leases.get(id);
    if (lease === undefined) return false;
    clearTimeout(lease.timer);
    lease.endsAt = performance.now() + lease.ttlSeconds * 1000;
    lease.timer = setTimeout(() => this.revoke(id), lease.ttlSeconds * 1000).unref();
    return true;
  }

  async *#watch(range: KeyRange, from: bigint, signal: AbortSignal): AsyncGenerator<WatchAnswer> {
    await Promise.resolve();
    this.#assertUp();
    if (from <= this.#compacted) throw new Error(`revisions before ${this.#compacted} are compacted`);
    const answers = new AnswerQueue<WatchAnswer>();
    const missed = this.#history.filter(({ revision, change }) => revision >= from && isIn(range, keyOf(change)));
    answers.push({ ...this.#position(), changes: missed.map(({ change }) => change) });
    const watch = { range, answers };
    this.#watches.add(watch);
    try {
      yield* answers.read(signal);
    } finally {
      this.#watches.delete(watch);
    }
  }

  #publish(changes: readonly Change[]): void {
    for (const change of changes) this.#history.push({ revision: this.#revision, change });
    for (const { range, answers } of this.#watches) {
      const wanted = changes.filter((change) => isIn(range, keyOf(change)));
      if (wanted.length > 0) answers.push({ ...this.#position(), changes: wanted });
    }
  }
}

function keyOf(change: Change): string {
  return change.tag === "put" ? change.entry.key : change.key;
}

function isIn(range: KeyRange, key: string): boolean {
  return "key" in range ? key === range.key : key.startsWith(range.prefix);
}
