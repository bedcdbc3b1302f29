/** One live instance of a service. What only its record tells is there when the record does. */
export interface Instance {
  readonly id: string;
  /** `host:port` to dial. */
  readonly address: string;
  /** The version of the service, as in `1.4.0`. */
  readonly version?: string;
  /** Where it runs, as in `eu-west-1a`. */
  readonly zone?: string;
  /** Its share of the calls beside others; in [1, 10000], and 10 is usual. */
  readonly weight?: number;
  /** When it began to announce itself, in ISO 8601. */
  readonly since?: string;
}

/** The instances of a service, kept up to date until disposal. */
export interface InstanceWatch extends AsyncDisposable {
  /**
   * All of them, sorted by id; empty until the first list has come. Never changes: another array takes its place, in
   * which those who stayed are the same objects. While etcd is away, the last known ones.
   */
  readonly instances: readonly Instance[];

  readonly state: WatchState;

  /**
   * For how long the list has not been confirmed by etcd, in milliseconds; `undefined` while there is none. Up to
   * `LEASE_TTL_SECONDS` is usual when nothing changes, more means that etcd is away.
   */
  readonly ageMs: number | undefined;

  /**
   * Calls `listener` after each change, with the instances as they are then; not for those known already.
   *
   * @returns a function that ends it
   */
  subscribe(listener: (instances: readonly Instance[]) => void): () => void;
}

/** The watcher's state; README.md has the table of its transitions. */
export type WatchState =
  | { readonly tag: "listing" }
  | { readonly tag: "watching" }
  | { readonly tag: "waiting"; readonly cause: string }
  | { readonly tag: "closed" };

/**
 * Whether an instance of a service answers that it serves. It is asked when a list has lost more than half of its
 * instances at once, which is more likely etcd's loss than theirs.
 *
 * @param signal aborted after 2 seconds, and when the answer is no longer wanted
 */
export type InstanceProbe = (instance: Instance, service: string, signal: AbortSignal) => Promise<boolean>;
