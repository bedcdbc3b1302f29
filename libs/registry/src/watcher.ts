import type { Etcd, Listing, WatchAnswer } from "./etcd/etcd.ts";
import type { RegistryLog } from "./etcd/reachability.ts";
import { InstanceTable, type TableDiff } from "./instance-table.ts";
import type { Instance, InstanceProbe, InstanceWatch, WatchState } from "./instances.ts";
import type { Interruption } from "./interruption.ts";
import { KeptInstances } from "./kept-instances.ts";
import { listAndWatch } from "./list-and-watch.ts";
import { ListFile } from "./list-file.ts";
import { instanceIdOf, servicePrefix } from "./names.ts";

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

/** Keeps the list of a service's instances. While etcd is away the last known list goes on. */
export class Watcher implements InstanceWatch {
  #state: WatchState = { tag: "listing" };
  /** When etcd last confirmed the list, by `performance.now()`. */
  #confirmedAt: number | undefined;
  readonly service: string;
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
    this.#onClosed = onClosed;
    this.service = service;
    this.#prefix = servicePrefix(service);
    this.#log = log;
    this.#table = new InstanceTable(this.#prefix, (value) => log.warn(value, "value is not an instance; ignored"));
    this.#kept =
      probe && new KeptInstances({ service, probe, onGone: ({ id }) => this.#changed(this.#table.drop(id)) });
    this.#file = stateFolder === undefined ? undefined : new ListFile(stateFolder, service, log);
    this.#restore();
    this.#run(etcd);
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

  #run(etcd: Etcd): void {
    const follower = {
      onListing: (listing: Listing) => this.#replace(listing),
      onAnswer: (answer: WatchAnswer) => this.#apply(answer),
      onState: (state: WatchState) => (this.#state = state),
      onInterruption: (interruption: Interruption, level: "warn" | "debug") => {
        const fields = { service: this.service, instances: this.instances.length, ...interruption };
        this.#log[level](fields, "list of instances is interrupted; the last known ones go on");
      },
    };
    void listAndWatch(etcd, { prefix: this.#prefix }, follower, this.#closing.signal);
  }

  #replace({ entries }: Listing): void {
    const kept = this.#kept?.choose(this.instances.length, this.#table.missingFrom(entries)) ?? [];
    if (kept.length > 0) {
      const fields = { service: this.service, listed: entries.length, kept: kept.length };
      this.#log.warn(fields, "etcd lists less than half of the instances; the others stay while they answer");
    }
    this.#confirmedAt = performance.now();
    this.#changed(this.#table.replace(entries, kept));
    this.#save();
  }

  #apply({ changes }: WatchAnswer): void {
    this.#confirmedAt = performance.now();
    for (const change of changes) {
      const key = change.tag === "put" ? change.entry.key : change.key;
      this.#kept?.release(instanceIdOf(key, this.#prefix) ?? "");
    }
    this.#changed(this.#table.apply(changes));
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
