/**
 * What the registry needs of etcd, and nothing more: `open-etcd.ts` has it from the etcd3 package, the in-memory twin
 * of `testing/` from a map.
 *
 * Every call is bounded to a few seconds and fails with {@link EtcdUnreachableError} when no member answered.
 */
export interface Etcd {
  /** Reads a key, or every key below a prefix, linearizably: a member that is cut off from the quorum does not answer. */
  list(range: KeyRange): Promise<Listing>;

  /**
   * Writes a key, under a lease or none, if nobody else has written it since.
   *
   * @throws {LeaseGoneError} when etcd no longer knows the lease
   */
  put(write: ConditionalPut): Promise<WriteOutcome>;

  /** Deletes a key if nobody else has written it since. */
  delete(deletion: Conditional): Promise<WriteOutcome>;

  /** Grants a lease that ends by itself after `ttlSeconds` without a {@link keepAlive}. @returns its id */
  grantLease(ttlSeconds: number): Promise<string>;

  /** Renews a lease once. @returns whether etcd still knew it */
  keepAlive(lease: string, timeoutMs: number): Promise<boolean>;

  /** @returns in how many whole seconds the lease ends if nobody renews it; `undefined` when it has ended */
  leaseSecondsLeft(lease: string): Promise<number | undefined>;

  /** Ends a lease, and with it the keys that are under it. Nothing happens when it is gone already. */
  revokeLease(lease: string): Promise<void>;

  /**
   * Follows the changes of a key, or of all keys below a prefix, from revision `from` on. The first answer comes once
   * etcd has accepted the watch, and may be empty; so is the one that comes each time the member that serves the watch
   * has shown that it is part of the quorum.
   *
   * Ends quietly when `signal` is aborted, and throws at the first sign of trouble (connection, compaction, refusal, a
   * member without a quorum); it never resumes on its own. Whoever goes on must list again, since changes may have been
   * missed.
   */
  watch(range: KeyRange, from: bigint, signal: AbortSignal): AsyncIterable<WatchAnswer>;

  /** Waits `ms`, or less: until etcd answers again after it did not, or until `signal` is aborted. Never rejects. */
  pause(ms: number, signal: AbortSignal): Promise<void>;

  /** Closes the connections; no call is made after it. */
  close(): void;
}

export type KeyRange = { readonly key: string } | { readonly prefix: string };

export interface Entry {
  readonly key: string;
  readonly value: Uint8Array;
  /** Id of the lease that the key ends with; {@link noLease} when it has none. */
  readonly lease: string;
  readonly modRevision: bigint;
}

export const noLease = "0";

/** Where in which history an answer stands: another `clusterId`, or a lower revision, means that etcd was replaced. */
export interface Position {
  readonly clusterId: string;
  readonly revision: bigint;
}

export interface Listing extends Position {
  readonly entries: readonly Entry[];
}

export interface WatchAnswer extends Position {
  readonly changes: readonly Change[];
}

export type Change = { readonly tag: "put"; readonly entry: Entry } | { readonly tag: "delete"; readonly key: string };

export interface Conditional {
  readonly key: string;
  /** It happens only while the key's `modRevision` is this one; {@link absent} when there is no such key. */
  readonly ifModRevision: bigint;
}

export interface ConditionalPut extends Conditional {
  readonly value: string;
  /** {@link noLease} for a key that stays. */
  readonly lease: string;
}

export const absent = 0n;

export type WriteOutcome =
  | { readonly tag: "written"; readonly revision: bigint }
  | { readonly tag: "refused"; readonly current: Entry | undefined; readonly revision: bigint };

/** No member of etcd answered in time; whether a write happened is not known. */
export class EtcdUnreachableError extends Error {
  override readonly name = "EtcdUnreachableError";
}

/** The lease has ended: revoked, run out, or lost with etcd's data. */
export class LeaseGoneError extends Error {
  override readonly name = "LeaseGoneError";
}
