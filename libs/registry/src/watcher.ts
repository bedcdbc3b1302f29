import { deadline } from "./deadline.ts";
import type { Etcd, Listing, Position, WatchAnswer } from "./etcd/etcd.ts";
import type { RegistryLog } from "./etcd/reachability.ts";
import { InstanceTable, type TableDiff } from "./instance-table.ts";
import type { Instance, InstanceProbe, InstanceWatch, WatchState } from "./instances.ts";
import { interruptionBy, levelOf } from "./interruption.ts";
import { KeptInstances } from "./kept-instances.ts";
import { ListFile } from "./list-file.ts";
import { instanceIdOf, servicePrefix } from "./names.ts";

/** A list is read again after this long in any case, plus or minus a sixth of it at random; in milliseconds. */
export const resyncMs = 60_000;

/** A watch that lived this long, in milliseconds, was a good one: the next pause is a short one again. */
const goodWatchMs = 5000;

/** Of each kind of change, so many ids are in the log. */
const maxLogged = 20;

export interface WatchPlan {
  readonly service: string;
  /** Without one, a list that lacks more than half of its instances is believed. */
  readonly probe?: InstanceProbe | undefined;
  /** Where the last known list is kept; without it, nowhere. */
  readonly stateFolder?: string | undefined;
  readonly onClosed: () => void;
}

/**
 * Keeps the list of a service's instances: lists at revision R, watches from R + 1, and begins again with a list after
 * anything out of the ordinary and every minute. While etcd is away the last known list goes on.
 */
export class Watcher implements InstanceWatch {
  #state: WatchState = { tag: "listing" };
  /** When etcd last confirmed the list, by `performance.now()`. */
  #confirmedAt: number | undefined;
  readonly service: string;
  readonly #etcd: Etcd;
  readonly #prefix: string;
  readonly #onClosed: () => void;
  readonly #log: RegistryLog;
  readonly #table: InstanceTable;
  readonly #kept: KeptInstances | undefined;
  readonly #file: ListFile | undefined;
  readonly #listeners = new Set<(instances: readonly Instance[]) => void>();
  readonly #closing = new AbortController();

  /** @throws {TypeError} when `service` is not a name */
  constructor(etcd: Etcd, { service, probe, stateFolder, onClosed }: WatchPlan, log: RegistryLog) {
    this.#etcd = etcd;
    this.#onClosed = onClosed;
    this.service = service;
    this.#prefix = servicePrefix(service);
    this.#log = log;
    this.#table = new InstanceTable(this.#prefix, (value) => log.warn(value, "value is not an instance; ignored"));
    this.#kept =
      probe && new KeptInstances({ service, probe, onGone: ({ id }) => this.#changed(this.#table.drop(id)) });
    this.#file = stateFolder === undefined ? undefined : new ListFile(stateFolder, service, log);
    this.#restore();
    void this.#run();
  }

  get instances(): readonly Instance[] {
    return this.#table.snapshot;
  }

  get state(): WatchState {
    return this.#state;
  }

  get ageMs(): number | undefined {
    return this.#confirmedAt === undefined ? undefined : Math.round(performance.now() - this.#confirmedAt);
  }

  subscribe(listener: (instances: readonly Instance[]) => void): () => void {
    const own = (instances: readonly Instance[]): void => listener(instances);
    this.#listeners.add(own);
    return () => this.#listeners.delete(own);
  }

  /** A call that is under way ends by its own bound, and its answer is not taken. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#listeners.clear();
    this.#closing.abort();
    this.#state = { tag: "closed" };
    this.#kept?.[Symbol.dispose]();
    this.#onClosed();
    await this.#file?.[Symbol.asyncDispose]();
  }

  #restore(): void {
    const stored = this.#file?.read();
    if (stored === undefined) return;
    const ageMs = Math.max(0, Date.now() - stored.listedAt.getTime());
    this.#confirmedAt = performance.now() - ageMs;
    this.#table.restore(stored.instances);
    const fields = { service: this.service, instances: this.instances.length, ageMs };
    this.#log.info(fields, "list of instances is from the state folder until etcd has answered");
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing;
    for (let failures = 0; !signal.aborted;) {
      let watchedSince = Infinity;
      try {
        this.#enter({ tag: "listing" });
        const listing = await this.#etcd.list(this.#prefix);
        if (signal.aborted) return;
        this.#replace(listing);
        watchedSince = performance.now();
        await this.#follow(listing);
        failures = 0;
      } catch (error) {
        if (signal.aborted) return;
        if (performance.now() - watchedSince >= goodWatchMs) failures = 0;
        await this.#recover(error, failures++);
      }
    }
  }

  #replace({ entries }: Listing): void {
    const kept = this.#kept?.choose(this.instances.length, this.#table.missingFrom(entries)) ?? [];
    if (kept.length > 0) {
      const fields = { service: this.service, listed: entries.length, kept: kept.length };
      this.#log.warn(fields, "etcd lists less than half of the instances; the others stay while they answer");
    }
    this.#confirmed();
    this.#changed(this.#table.replace(entries, kept));
    this.#save();
  }

  /** Follows the changes since `listing` until it is time to list again. @throws when the watch breaks */
  async #follow(listing: Listing): Promise<void> {
    using resync = deadline(resyncMs * (5 / 6 + Math.random() / 3), this.#closing.signal);
    let last: Position = listing;
    for await (const answer of this.#etcd.watch({ prefix: this.#prefix }, listing.revision + 1n, resync.signal)) {
      if (answer.clusterId !== last.clusterId || answer.revision < last.revision) {
        throw new Error("etcd was replaced: its history is another one");
      }
      last = answer;
      this.#enter({ tag: "watching" });
      this.#apply(answer);
    }
  }

  #apply({ changes }: WatchAnswer): void {
    this.#confirmed();
    for (const change of changes) {
      const key = change.tag === "put" ? change.entry.key : change.key;
      this.#kept?.release(instanceIdOf(key, this.#prefix) ?? "");
    }
    this.#changed(this.#table.apply(changes));
  }

  async #recover(error: unknown, failures: number): Promise<void> {
    const interruption = interruptionBy(error, failures);
    this.#enter({ tag: "waiting", cause: interruption.cause });
    const fields = { service: this.service, instances: this.instances.length, ...interruption };
    this.#log[levelOf(error, failures)](fields, "list of instances is interrupted; the last known ones go on");
    await this.#etcd.pause(interruption.retryMs, this.#closing.signal);
  }

  #enter(state: WatchState): void {
    if (this.#closing.signal.aborted) return;
    this.#state = state;
  }

  #confirmed(): void {
    if (!this.#closing.signal.aborted) this.#confirmedAt = performance.now();
  }

  #changed(diff: TableDiff | undefined): void {
    if (diff === undefined || this.#closing.signal.aborted) return;
    const { instances } = this;
    const [joined, left, moved] = [diff.joined, diff.left, diff.moved].map((ids) => ids.slice(0, maxLogged));
    this.#log.info({ service: this.service, joined, left, moved, instances: instances.length }, "instances changed");
    this.#save();
    for (const listener of this.#listeners) {
      try {
        listener(instances);
      } catch (error) {
        const cause = error instanceof Error ? (error.stack ?? error.message) : String(error);
        this.#log.warn({ service: this.service, error: cause }, "a listener of the instances failed");
      }
    }
  }

  #save(): void {
    if (this.ageMs !== undefined) {
      this.#file?.save({ instances: this.instances, listedAt: new Date(Date.now() - this.ageMs) });
    }
  }
}
