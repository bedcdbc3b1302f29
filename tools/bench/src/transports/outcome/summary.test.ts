import { describe, expect, it } from "vitest";
import type { Entry, Sample } from "./outcome.ts";
import { median, summaryOf } from "./summary.ts";

const entry = (samples: readonly Sample[]): Entry => ({ name: "a", words: "A", side: "pair", samples });
const sample = (perSecond: number, micros: number): Sample => ({
  perSecond,
  serverMicros: micros,
  clientMicros: micros,
  latency: { p50: micros, p99: 2 * micros, p999: 3 * micros },
});

describe("summaryOf", () => {
  // The third round met a busy machine, which slowed both.
  const base = entry([sample(100, 50), sample(110, 60), sample(10, 70)]);
  const own = entry([sample(1000, 5), sample(1320, 6), sample(90, 7)]);

  it("takes medians, and the median of the factors within the rounds", () => {
    expect(summaryOf(own, base)).toEqual({
      perSecond: 1000,
      spreadPercent: 61.5,
      ratio: 10,
      cpuRatio: 10,
      serverMicros: 6,
      clientMicros: 6,
      latency: { p50: 6, p99: 12, p999: 18 },
    });
  });

  it("leaves out what the system did not tell, and what there is nothing to compare with", () => {
    expect(summaryOf(entry([{ perSecond: 5 }]), undefined)).toEqual({
      perSecond: 5,
      spreadPercent: 0,
      ratio: undefined,
      cpuRatio: undefined,
      serverMicros: undefined,
      clientMicros: undefined,
      latency: undefined,
    });
  });

  it("compares only rounds that both have", () => {
    expect(summaryOf(own, entry([sample(100, 50)]))).toMatchObject({ ratio: 10 });
  });

  it("is undefined for what was not measured", () => {
    expect(summaryOf(entry([]), base)).toBeUndefined();
  });
});

describe("median", () => {
  it.each([
    [[], undefined],
    [[3], 3],
    [[9, 1], 5],
    [[9, 1, 2], 2],
  ])("of %j is %j", (values, expected) => {
    expect(median(values)).toBe(expected);
  });
});
