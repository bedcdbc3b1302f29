/** One live instance of a service. */
export interface Instance {
  readonly id: string;
  /** `host:port` to dial. */
  readonly address: string;
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
