import type { Change, Entry, Etcd } from "./etcd/etcd.ts";
import type { RegistryLog } from "./etcd/reachability.ts";
import { listAndWatch } from "./list-and-watch.ts";

/** A larger value is not read, in bytes. */
const maxBytes = 256 * 1024;

const utf8 = new TextDecoder("utf-8", { fatal: true });

/** The value of one key, kept up to date until disposal. */
export interface ValueWatch extends AsyncDisposable {
  /** The value as text; undefined when there is none, or etcd has not answered yet. While etcd is away, the last one. */
  readonly value: string | undefined;

  /** The revision at which the key was last written as `value` has it; undefined where there is no value. */
  readonly revision: bigint | undefined;

  /** Resolves when etcd has said for the first time what there is, or that there is nothing, and at disposal. */
  readonly listed: Promise<void>;

  /**
   * Calls `listener` with the value that is known, and with each one after it, and with its revision; undefined when it was
   * deleted. A value that is not UTF-8 or is larger than 256 KiB is a warning in the log, and the one before it goes on.
   *
   * @returns a function that ends it
   */
  subscribe(listener: ValueListener): () => void;
}

export type ValueListener = (value: string | undefined, revision: bigint | undefined) => void;

export interface ValueWatchPlan {
  readonly key: string;
  /** What the value is, for the log: `configuration`. */
  readonly what: string;
  readonly onClosed: () => void;
}

/** Follows one key. */
export class ValueWatcher implements ValueWatch {
  readonly listed: Promise<void>;
  #current: { readonly value: string; readonly revision: bigint } | undefined;
  readonly #key: string;
  readonly #what: string;
  readonly #log: RegistryLog;
  readonly #onClosed: () => void;
  readonly #listeners = new Set<ValueListener>();
  readonly #closing = new AbortController();
  readonly #firstListing = Promise.withResolvers<void>();

  constructor(etcd: Etcd, { key, what, onClosed }: ValueWatchPlan, log: RegistryLog) {
    this.listed = this.#firstListing.promise;
    this.#key = key;
    this.#what = what;
    this.#log = log;
    this.#onClosed = onClosed;
    const follower = {
      onListing: ({ entries }: { readonly entries: readonly Entry[] }) => {
        this.#take(entries[0]);
        this.#firstListing.resolve();
      },
      onAnswer: ({ changes }: { readonly changes: readonly Change[] }) => {
        for (const change of changes) this.#take(change.tag === "put" ? change.entry : undefined);
      },
      onState: () => undefined,
      onInterruption: (interruption: object, level: "warn" | "debug") =>
        log[level]({ key, ...interruption }, `watch of the ${what} is interrupted; the last known one goes on`),
    };
    void listAndWatch(etcd, { key }, follower, this.#closing.signal);
  }

  get value(): string | undefined {
    return this.#current?.value;
  }

  get revision(): bigint | undefined {
    return this.#current?.revision;
  }

  subscribe(listener: ValueListener): () => void {
    const own: ValueListener = (value, revision) => listener(value, revision);
    this.#listeners.add(own);
    if (this.#current !== undefined) this.#tell(own);
    return () => this.#listeners.delete(own);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listeners.clear();
    this.#closing.abort();
    this.#firstListing.resolve();
    this.#onClosed();
  }

  #take(entry: Entry | undefined): void {
    const text = this.#textOf(entry);
    if (text === "unreadable") return;
    // Another etcd may have another value under the same revision.
    if (text?.value === this.value && entry?.modRevision === this.revision) return;
    this.#current = entry && text && { ...text, revision: entry.modRevision };
    for (const listener of this.#listeners) this.#tell(listener);
  }

  #textOf(entry: Entry | undefined): { readonly value: string } | "unreadable" | undefined {
    if (entry === undefined) return undefined;
    try {
      if (entry.value.byteLength <= maxBytes) return { value: utf8.decode(entry.value) };
      const fields = { key: this.#key, bytes: entry.value.byteLength, maxBytes };
      this.#log.warn(fields, `${this.#what} is too large; ignored`);
    } catch {
      this.#log.warn({ key: this.#key }, `${this.#what} is not UTF-8; ignored`);
    }
    return "unreadable";
  }

  #tell(listener: ValueListener): void {
    try {
      listener(this.value, this.revision);
    } catch (error) {
      const cause = error instanceof Error ? (error.stack ?? error.message) : String(error);
      this.#log.warn({ key: this.#key, error: cause }, `a listener of the ${this.#what} failed`);
    }
  }
}
