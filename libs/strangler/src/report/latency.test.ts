import { describe, expect, it } from "vitest";
import {
  latencyBoundsMs,
  latencyBucketOf,
  latencyBuckets,
  latencyQuantileMs,
  mergeLatencies,
  slowerThan,
} from "./latency.ts";

function counted(...latenciesMs: readonly number[]) {
  const counts = Array.from({ length: latencyBuckets }, () => 0);
  for (const bucket of latenciesMs.map(latencyBucketOf)) counts[bucket] = (counts[bucket] ?? 0) + 1;
  return counts;
}

describe("latencies", () => {
  it.each([
    [0, 0],
    [0.5, 0],
    [0.51, 1],
    [8192, 26],
    [8193, 27],
    [Infinity, 27],
  ])("of %d ms are in bucket %d", (ms, bucket) => {
    expect(latencyBucketOf(ms)).toBe(bucket);
  });

  it("have buckets of half an octave, so that three times as slow is another one", () => {
    for (const [index, bound] of latencyBoundsMs.entries())
      expect(latencyBoundsMs[index + 1] ?? Infinity).toBeGreaterThan(bound);
    for (const ms of [0.6, 3, 17, 400]) expect(latencyBucketOf(3 * ms)).toBeGreaterThan(latencyBucketOf(ms) + 1);
  });

  it("of several are as if they were of one", () => {
    expect(mergeLatencies(counted(1, 2), counted(2, 9000))).toEqual(counted(1, 2, 2, 9000));
    expect(mergeLatencies()).toEqual(counted());
  });

  it("have quantiles, as the upper end of a bucket", () => {
    const counts = counted(...Array.from({ length: 98 }, () => 3), 100, 10_000);
    expect([0.5, 0.98, 0.99, 1].map((q) => latencyQuantileMs(counts, q))).toEqual([4, 4, 128, Infinity]);
    expect(latencyQuantileMs(counted(), 0.99)).toBeUndefined();
  });

  it("tell how many are slower than the end of a bucket", () => {
    const counts = counted(3, 4, 4.1, 100, 10_000);
    expect([4, 128, 8192, Infinity].map((bound) => slowerThan(counts, bound))).toEqual([3, 1, 1, 0]);
    expect(() => slowerThan(counts, 5)).toThrow(RangeError);
  });
});
