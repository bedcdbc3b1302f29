import { advantageAboveNoise, shortestLatencyMs } from "../defaults.ts";
import type { LatencySettings } from "../options.ts";
import type { ForcedPicks } from "./forced-picks.ts";
import { leastAdvantage, type Choice, type Preference } from "./two-choices.ts";

/**
 * Prefers the instance where an answer is likely to come sooner: latency of late x (calls waiting + 1), more for one whose
 * calls fail.
 *
 * Of an instance without an answer yet, the latency is taken to be the other's, so that the calls waiting decide alone: a
 * newcomer is neither flooded nor forgotten.
 */
export function byPeakEwma(settings: LatencySettings, forcedPicks: ForcedPicks): Preference {
  return (first, second, now) => {
    const [left, right] = [latencyOf(first, now, settings), latencyOf(second, now, settings)];
    const leftMs = first.member.cost.known(now, settings) ? left : Math.max(left, right);
    const rightMs = second.member.cost.known(now, settings) ? right : Math.max(left, right);
    const firstCost = leftMs * burdenOf(first, now, settings);
    const secondCost = rightMs * burdenOf(second, now, settings);
    const isSecondCheaper = firstCost > secondCost * leastAdvantage(first, second, advantageAboveNoise);
    const loser = isSecondCheaper ? first : second;
    return forcedPicks.due(loser.member, now, settings.forcedPickMs) ? !isSecondCheaper : isSecondCheaper;
  };
}

/** What is remembered, or what the waiting calls have waited already if that is more. */
function latencyOf({ member }: Choice, now: number, settings: LatencySettings): number {
  return Math.max(member.cost.latencyMs(now, settings), member.waitingMs(now), shortestLatencyMs);
}

/** How many latencies the next call is likely to cost. */
function burdenOf({ member, strain }: Choice, now: number, settings: LatencySettings): number {
  const failures = 1 + settings.failurePenalty * member.cost.failureShare(now, settings);
  return failures * (member.waiting * strain + 1);
}
