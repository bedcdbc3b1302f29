import type { Change, Entry, Etcd } from "./etcd/etcd.ts";
import type { RegistryLog } from "./etcd/reachability.ts";
import { listAndWatch } from "./list-and-watch.ts";
import { configKey } from "./names.ts";

/** A larger value is no configuration, in bytes. */
const maxBytes = 256 * 1024;

const utf8 = new TextDecoder("utf-8", { fatal: true });

/** What is configured under one name, kept up to date until disposal. */
export interface ConfigWatch extends AsyncDisposable {
  /** The value as text; undefined when there is none, or etcd has not answered yet. While etcd is away, the last one. */
  readonly value: string | undefined;

  /**
   * Calls `listener` with the value that is known, and with each one after it; undefined when it was deleted. A value
   * that is not UTF-8 or is larger than 256 KiB is a warning in the log, and the one before it goes on.
   *
   * @returns a function that ends it
   */
  subscribe(listener: (value: string | undefined) => void): () => void;
}

export interface ConfigWatchPlan {
  readonly name: string;
  readonly onClosed: () => void;
}

/** Follows `/config/{name}`. */
export class ConfigWatcher implements ConfigWatch {
  #value: string | undefined;
  readonly #key: string;
  readonly #log: RegistryLog;
  readonly #onClosed: () => void;
  readonly #listeners = new Set<(value: string | undefined) => void>();
  readonly #closing = new AbortController();

  /** @throws {TypeError} when the name is not one */
  constructor(etcd: Etcd, { name, onClosed }: ConfigWatchPlan, log: RegistryLog) {
    const key = configKey(name);
    this.#key = key;
    this.#log = log;
    this.#onClosed = onClosed;
    const follower = {
      onListing: ({ entries }: { readonly entries: readonly Entry[] }) => this.#take(entries[0]),
      onAnswer: ({ changes }: { readonly changes: readonly Change[] }) => {
        for (const change of changes) this.#take(change.tag === "put" ? change.entry : undefined);
      },
      onState: () => undefined,
      onInterruption: (interruption: object, level: "warn" | "debug") =>
        log[level]({ key, ...interruption }, "watch of the configuration is interrupted; the last known one goes on"),
    };
    void listAndWatch(etcd, { key }, follower, this.#closing.signal);
  }

  get value(): string | undefined {
    return this.#value;
  }

  subscribe(listener: (value: string | undefined) => void): () => void {
    const own = (value: string | undefined): void => listener(value);
    this.#listeners.add(own);
    if (this.#value !== undefined) this.#tell(own);
    return () => this.#listeners.delete(own);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listeners.clear();
    this.#closing.abort();
    this.#onClosed();
  }

  #take(entry: Entry | undefined): void {
    const text = this.#textOf(entry);
    if (text === "unreadable" || text.value === this.#value) return;
    this.#value = text.value;
    for (const listener of this.#listeners) this.#tell(listener);
  }

  #textOf(entry: Entry | undefined): { readonly value: string | undefined } | "unreadable" {
    if (entry === undefined) return { value: undefined };
    try {
      if (entry.value.byteLength <= maxBytes) return { value: utf8.decode(entry.value) };
      this.#log.warn(
        { key: this.#key, bytes: entry.value.byteLength, maxBytes },
        "configuration is too large; ignored",
      );
    } catch {
      this.#log.warn({ key: this.#key }, "configuration is not UTF-8; ignored");
    }
    return "unreadable";
  }

  #tell(listener: (value: string | undefined) => void): void {
    try {
      listener(this.#value);
    } catch (error) {
      const cause = error instanceof Error ? (error.stack ?? error.message) : String(error);
      this.#log.warn({ key: this.#key, error: cause }, "a listener of the configuration failed");
    }
  }
}
