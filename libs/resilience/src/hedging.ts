import { MethodOptions_IdempotencyLevel as Idempotency } from "@bufbuild/protobuf/wkt";
import type { Code } from "@connectrpc/connect";
import { defaultHedging } from "./defaults.ts";
import type { LatencyTracker } from "./latency-tracker.ts";
import type { CallProgress } from "./retry.ts";

/** The names are those of gRPC's `hedgingPolicy`; a delay by percentile is ours. */
export interface HedgingPolicy {
  /** The first one included. */
  readonly maxAttempts: number;
  readonly delay:
    { readonly tag: "fixed"; readonly ms: number } | { readonly tag: "percentile"; readonly percentile: number };
  /** Codes after which the other attempts go on. */
  readonly nonFatalStatusCodes: ReadonlySet<Code>;
}

/**
 * How long to wait for an answer, from the newest attempt on, before the same request goes to another instance as well;
 * undefined when it must not. Only methods without side effects are hedged, and no call that is an attempt of somebody else.
 * When the time has come, `budget.payForHedge()` has the last word.
 *
 * @param latency of the method; with too few samples there is no percentile, and no hedge
 */
export function hedgeDelayMs(
  policy: HedgingPolicy | undefined,
  call: CallProgress,
  latency: LatencyTracker,
  now: number,
): number | undefined {
  if (policy === undefined || call.attempts >= policy.maxAttempts) return undefined;
  if (call.idempotency !== Idempotency.NO_SIDE_EFFECTS || call.previousAttempts > 0) return undefined;
  const { delay } = policy;
  if (delay.tag === "fixed") return delay.ms < call.leftMs ? delay.ms : undefined;
  const usualMs = latency.percentileMs(delay.percentile, now);
  if (usualMs === undefined) return undefined;
  const ms = Math.max(defaultHedging.minDelayMs, usualMs);
  return ms < call.leftMs ? ms : undefined;
}
