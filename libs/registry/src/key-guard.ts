import { LeaseGoneError, type Change, type Etcd } from "./etcd/etcd.ts";
import type { RegistryLog } from "./etcd/reachability.ts";
import { interruptionBy, levelOf } from "./interruption.ts";
import { claimKey, releaseKey, type Claim, type WantedKey } from "./key-claim.ts";
import type { Serving } from "./serving.ts";

export interface GuardedKey extends WantedKey {
  readonly serving: Serving;
  /** The key is in etcd. */
  readonly onListed: () => void;
  /** The key is not in etcd, since the endpoint does not serve. */
  readonly onUnhealthy: () => void;
}

/** Why a guard ended: its lease is gone or it was told to, or somebody else holds the key. */
export type GuardEnd = { readonly tag: "lost"; readonly cause: string } | (Claim & { readonly tag: "stranger" });

/**
 * Keeps a key of ours in etcd while the endpoint serves, and out of it while it does not; puts it back when somebody
 * deletes or replaces it. It ends when the lease turns out to be gone, when a stranger holds the key, or when `signal`
 * is aborted.
 *
 * After a watch that broke it looks again, by claiming the key anew: changes may have been missed.
 */
export async function guardKey(
  etcd: Etcd,
  guarded: GuardedKey,
  log: RegistryLog,
  signal: AbortSignal,
): Promise<GuardEnd> {
  const { key, serving } = guarded;
  for (let failures = 0; !signal.aborted;) {
    try {
      if (!serving.now) {
        await releaseKey(etcd, guarded);
        failures = 0;
        guarded.onUnhealthy();
        await serving.until(true, signal);
        continue;
      }
      const claim = await claimKey(etcd, guarded);
      if (claim.tag === "stranger") return claim;
      guarded.onListed();
      const change = await nextForeignChange(etcd, guarded, claim.revision, signal);
      failures = 0;
      if (change !== undefined) log.info({ key, change: change.tag }, "own key was changed by others; putting it back");
    } catch (error) {
      if (error instanceof LeaseGoneError) return { tag: "lost", cause: error.message };
      if (signal.aborted) break;
      const interruption = interruptionBy(error, failures);
      log[levelOf(error, failures++)]({ key, ...interruption }, "watch of own key is interrupted");
      await etcd.pause(interruption.retryMs, signal);
    }
  }
  return { tag: "lost", cause: "withdrawn" };
}

/**
 * Waits for a change of the key since `revision` after which it is not as we wrote it; none when aborted, or when the
 * endpoint does not serve any more.
 */
async function nextForeignChange(
  etcd: Etcd,
  { key, value, lease, serving }: GuardedKey,
  revision: bigint,
  signal: AbortSignal,
): Promise<Change | undefined> {
  const wanted = Buffer.from(value);
  const watching = new AbortController();
  const ended = AbortSignal.any([signal, watching.signal]);
  void serving.until(false, ended).then(() => watching.abort());
  try {
    for await (const { changes } of etcd.watch({ key }, revision + 1n, ended)) {
      const last = changes.at(-1);
      if (last === undefined) continue;
      if (last.tag === "delete" || last.entry.lease !== lease || !wanted.equals(last.entry.value)) return last;
    }
    return undefined;
  } finally {
    watching.abort();
  }
}
