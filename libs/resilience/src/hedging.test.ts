import { MethodOptions_IdempotencyLevel as Idempotency } from "@bufbuild/protobuf/wkt";
import { describe, expect, it } from "vitest";
import { hedgeDelayMs, type HedgingPolicy } from "./hedging.ts";
import { LatencyTracker } from "./latency-tracker.ts";
import { defaultMethodPolicy } from "./policy.ts";

const read = {
  idempotency: Idempotency.NO_SIDE_EFFECTS,
  previousAttempts: 0,
  attempts: 1,
  transparentRetries: 0,
  leftMs: 5000,
};
const { hedging: byPercentile } = defaultMethodPolicy;

function fixed(ms: number): HedgingPolicy {
  return { maxAttempts: 3, delay: { tag: "fixed", ms }, nonFatalStatusCodes: new Set() };
}

/** Calls that take `latencyMs`, and a few that take ten times as long. */
function latency(latencyMs: number, samples = 1000): LatencyTracker {
  const tracker = new LatencyTracker();
  for (let index = 0; index < samples; index++) tracker.record(index % 10 === 0 ? latencyMs * 10 : latencyMs, 0);
  return tracker;
}

describe("hedgeDelayMs", () => {
  it.each([
    ["is what 95 of 100 calls stay below", byPercentile, {}, latency(20), 200],
    ["is no shorter than 10 ms", byPercentile, {}, latency(0.1), 10],
    ["is the policy's where that is fixed", fixed(35), {}, latency(20), 35],
    ["needs no samples where it is fixed", fixed(0), {}, latency(20, 0), 0],
    ["is none without samples", byPercentile, {}, latency(20, 99), undefined],
    ["is none without a policy", undefined, {}, latency(20), undefined],
    ["is none for an idempotent write", byPercentile, { idempotency: Idempotency.IDEMPOTENT }, latency(20), undefined],
    ["is none for a write", byPercentile, { idempotency: Idempotency.IDEMPOTENCY_UNKNOWN }, latency(20), undefined],
    ["is none for somebody's retry", byPercentile, { previousAttempts: 1 }, latency(20), undefined],
    ["is none when the attempts are used up", byPercentile, { attempts: 2 }, latency(20), undefined],
    ["is none beyond the deadline", byPercentile, { leftMs: 150 }, latency(20), undefined],
    ["is none beyond the deadline where it is fixed", fixed(35), { leftMs: 35 }, latency(20), undefined],
  ])("%s", (_, policy, call, tracker, expected) => {
    const delay = hedgeDelayMs(policy, { ...read, ...call }, tracker, 0);
    if (expected === undefined) expect(delay).toBeUndefined();
    else expect(Math.abs((delay ?? Infinity) - expected)).toBeLessThanOrEqual(expected * 0.05);
  });
});
