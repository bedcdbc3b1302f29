import { describe, expect, it } from "vitest";
import type { CallEnd } from "./call-end.ts";
import { backAfterMs, begunWithin, goodput, longestGapMs, percentileMs } from "./figures.ts";

const call = (startedAt: number, tookMs: number, failed = false): CallEnd => ({
  method: "GetItem",
  repeatable: true,
  startedAt,
  tookMs,
  failure: failed ? { code: "Unavailable", message: "gone" } : undefined,
});

describe("the figures of a load", () => {
  it("has percentiles over all calls, those that failed included", () => {
    const ends = Array.from({ length: 100 }, (_, i) => call(0, i + 1, i === 99));
    expect(percentileMs(ends, 50)).toBe(50);
    expect(percentileMs(ends, 99)).toBe(99);
    expect(percentileMs(ends, 100)).toBe(100);
    expect(percentileMs([], 99)).toBeNaN();
  });

  it("counts a call where it began", () => {
    expect(begunWithin([call(9, 50), call(10, 1), call(19, 90), call(20, 1)], 10, 20)).toHaveLength(2);
  });

  it("counts as goodput what was answered, when it was", () => {
    expect(goodput([call(0, 500), call(0, 1500), call(1200, 100), call(1300, 100, true)], 1000, 2000)).toBe(2);
  });

  it("has the longest time without an answer", () => {
    expect(longestGapMs([call(0, 10), call(20, 10), call(300, 10), call(100, 10, true)])).toBe(280);
    expect(longestGapMs([call(0, 10, true)])).toBe(0);
  });

  it("finds when all was well again for a whole window", () => {
    const isGood = (from: number): boolean => from >= 1250;
    expect(backAfterMs({ since: 1000, until: 4000, windowMs: 2000 }, isGood)).toBe(300);
    expect(backAfterMs({ since: 1000, until: 3200, windowMs: 2000 }, isGood)).toBeUndefined();
  });
});
