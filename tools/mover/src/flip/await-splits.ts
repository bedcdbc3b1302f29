import { setTimeout as sleep } from "node:timers/promises";
import type { TrafficReport, TrafficStore } from "@banyan/strangler";

/** How long every split may take to tell that it holds its writes, in milliseconds. The fence decides anyway. */
const patienceMs = 4000;
/** A rule is in effect everywhere after that, also where nobody reports. */
const spreadMs = 1000;

export interface AwaitSplits {
  readonly service: string;
  /** Of the rule with the pause. */
  readonly revision: bigint;
  readonly signal: AbortSignal;
}

/**
 * Waits until all splits that report hold their writes and have none under way; 4 seconds at most, since one that has not
 * seen the rule meets the fence. At least 1 second where nobody reports.
 *
 * @returns those that have not told so
 */
export async function awaitSplits(
  store: TrafficStore,
  { service, revision, signal }: AwaitSplits,
): Promise<readonly string[]> {
  const startedAt = performance.now();
  for (;;) {
    const reports = await store.listReports(service);
    const open = reports.filter((report) => !holdsWrites(report, revision));
    const waited = performance.now() - startedAt;
    if (waited >= patienceMs || (open.length === 0 && (reports.length > 0 || waited >= spreadMs))) {
      return open.map(({ instance }) => instance);
    }
    await sleep(100, undefined, { signal });
  }
}

function holdsWrites({ rule, writes }: TrafficReport, revision: bigint): boolean {
  return rule.revision !== null && BigInt(rule.revision) >= revision && writes.paused && writes.inFlight === 0;
}
