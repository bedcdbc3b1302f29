import { ExpectedError } from "@banyan/service";

/** What is announced; a server is one. */
export interface Endpoint {
  /** `host:port`, as listened on; announced unless the configuration names another address. */
  readonly address: string;

  /**
   * Calls `listener` at once with whether the endpoint can take calls, and after each change; returns a function that ends
   * it. While it cannot, the key is taken away and the lease kept. An endpoint without it always can.
   */
  watchServing?(listener: (serving: boolean) => void): () => void;

  /** Called first when the announcement is withdrawn, so that the endpoint reports itself as no longer serving. */
  stopServing?(): void;
}

export interface AnnounceOptions {
  /** Whole seconds in [5, 60], default `LEASE_TTL_SECONDS`; etcd may grant longer, never shorter. */
  readonly ttlSeconds?: number;

  /**
   * How long a withdrawal waits, after the key is gone, for the news to reach those who watch; in milliseconds, in
   * [0, 60000], default 1000, and 0 in development.
   */
  readonly spreadMs?: number;
}

/**
 * An instance on the list, and back on it after whatever happens, until it is disposed.
 *
 * Disposal stops serving, revokes the lease within 2 seconds, and waits for the news to spread. Where etcd does not
 * answer, the key stays until its lease runs out.
 */
export interface Announcement extends AsyncDisposable {
  /** `/services/{service}/{instance}` */
  readonly key: string;

  /**
   * Resolves when the key is in etcd for the first time. Rejects with {@link InstanceTakenError}, or, when the
   * announcement is disposed before, with {@link AnnouncementWithdrawnError}. A rejection may be left unhandled.
   */
  readonly announced: Promise<void>;

  readonly state: AnnouncementState;
}

/** The registrar's state; README.md has the table of its transitions. */
export type AnnouncementState =
  | { readonly tag: "idle" }
  | { readonly tag: "granting" }
  | { readonly tag: "live"; readonly lease: string }
  | { readonly tag: "unhealthy"; readonly lease: string }
  | { readonly tag: "suspect"; readonly lease: string; readonly cause: string }
  | { readonly tag: "lost"; readonly cause: string }
  | { readonly tag: "waiting"; readonly cause: string }
  | { readonly tag: "taken"; readonly holder: string }
  | { readonly tag: "withdrawn" };

/** Another live process holds the key. */
export class InstanceTakenError extends ExpectedError {
  override readonly name = "InstanceTakenError";
  readonly key: string;
  /** What the key's value is, as in `10.0.0.7:50051`. */
  readonly holder: string;

  constructor(key: string, holder: string) {
    super(`${key} is held by another process (${holder}) that keeps it: give each process an INSTANCE_ID of its own`);
    this.key = key;
    this.holder = holder;
  }
}

/** The announcement was disposed before it ever reached etcd. */
export class AnnouncementWithdrawnError extends Error {
  override readonly name = "AnnouncementWithdrawnError";

  constructor(key: string) {
    super(`${key} was withdrawn before it was announced`);
  }
}
