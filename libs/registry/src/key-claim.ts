import { absent, type ConditionalPut, type Entry, type Etcd } from "./etcd/etcd.ts";

export type Claim =
  | { readonly tag: "held"; readonly revision: bigint }
  | { readonly tag: "stranger"; readonly holder: Entry; readonly revision: bigint };

/** A key that is to be ours. */
export interface WantedKey {
  readonly key: string;
  readonly value: string;
  readonly lease: string;
  /** Whether this or an earlier lease of ours has the id; what is under it may be replaced. */
  readonly isOurs: (lease: string) => boolean;
}

/** Somebody else can come between reading a key and writing it; that often in a row nobody does. */
const maxAttempts = 5;

/**
 * Writes a key under our lease where it is absent or under a lease of ours. Nothing is written when it is as wanted
 * already, or when somebody else holds it.
 *
 * @throws {LeaseGoneError} when etcd no longer knows the lease
 */
export async function claimKey(etcd: Etcd, { key, value, lease, isOurs }: WantedKey): Promise<Claim> {
  const write: ConditionalPut = { key, value, lease, ifModRevision: absent };
  for (let attempt = 1, ifModRevision = absent; attempt <= maxAttempts; attempt++) {
    const outcome = await etcd.put({ ...write, ifModRevision });
    if (outcome.tag === "written") return { tag: "held", revision: outcome.revision };

    const { current, revision } = outcome;
    if (current !== undefined && !isOurs(current.lease)) return { tag: "stranger", holder: current, revision };
    if (current?.lease === lease && Buffer.from(value).equals(current.value)) return { tag: "held", revision };
    ifModRevision = current?.modRevision ?? absent;
  }
  throw changedTooOften(key);
}

/** Deletes a key where it is under a lease of ours; one that somebody else holds stays. */
export async function releaseKey(etcd: Etcd, { key, isOurs }: Pick<WantedKey, "key" | "isOurs">): Promise<void> {
  for (let attempt = 1, ifModRevision = absent; attempt <= maxAttempts; attempt++) {
    const outcome = await etcd.delete({ key, ifModRevision });
    if (outcome.tag === "written") return;

    const { current } = outcome;
    if (current === undefined || !isOurs(current.lease)) return;
    ifModRevision = current.modRevision;
  }
  throw changedTooOften(key);
}

function changedTooOften(key: string): Error {
  return new Error(`${key} changed under each of ${maxAttempts} attempts to write it`);
}
