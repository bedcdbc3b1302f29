import type { RegistryLog } from "./etcd/reachability.ts";
import { LeaseGoneError, type Change, type Etcd } from "./etcd/etcd.ts";
import { interruptionBy, levelOf } from "./interruption.ts";
import { claimKey, type WantedKey } from "./key-claim.ts";

export interface GuardedKey extends WantedKey {
  /** The revision at which it was ours. */
  readonly revision: bigint;
}

/**
 * Watches a key of ours, and puts it back when somebody deletes or replaces it, until the lease turns out to be gone,
 * a stranger holds the key, or `signal` is aborted.
 *
 * After a watch that broke it looks again, by claiming the key anew: changes may have been missed.
 *
 * @returns why it ended
 */
export async function guardKey(
  etcd: Etcd,
  guarded: GuardedKey,
  log: RegistryLog,
  signal: AbortSignal,
): Promise<string> {
  const { key } = guarded;
  let revision: bigint | undefined = guarded.revision;
  for (let failures = 0; !signal.aborted;) {
    try {
      if (revision === undefined) {
        const claim = await claimKey(etcd, guarded);
        if (claim.tag === "stranger") return `${key} was taken by another process`;
        revision = claim.revision;
      }
      const change = await nextForeignChange(etcd, guarded, revision, signal);
      failures = 0;
      if (change !== undefined) log.info({ key, change: change.tag }, "own key was changed by others; putting it back");
    } catch (error) {
      if (error instanceof LeaseGoneError) return error.message;
      if (signal.aborted) break;
      const interruption = interruptionBy(error, failures);
      log[levelOf(error, failures++)]({ key, ...interruption }, "watch of own key is interrupted");
      await etcd.pause(interruption.retryMs, signal);
    }
    revision = undefined;
  }
  return "withdrawn";
}

/** Waits for a change of the key since `revision` after which it is not as we wrote it; none when aborted. */
async function nextForeignChange(
  etcd: Etcd,
  { key, value, lease }: GuardedKey,
  revision: bigint,
  signal: AbortSignal,
): Promise<Change | undefined> {
  const wanted = Buffer.from(value);
  for await (const { changes } of etcd.watch({ key }, revision + 1n, signal)) {
    const last = changes.at(-1);
    if (last === undefined) continue;
    if (last.tag === "delete" || last.entry.lease !== lease || !wanted.equals(last.entry.value)) return last;
  }
  return undefined;
}
