import { describe, expect, it } from "vitest";
import { hitsAmong, seededRandom } from "../testing/random.ts";
import { SequentialTest, type Sample } from "./sequential-test.ts";

const limits = { tolerated: 0.001, unacceptable: 0.01 };
const bounds = { alpha: 0.01, beta: 0.05 };

function begun(): SequentialTest {
  const test = new SequentialTest(bounds);
  test.begin(limits);
  return test;
}

const none: Sample = { calls: 0, hits: 0 };

describe("a sequential test", () => {
  it.each([
    // candidate, legacy, refused
    [[1000, 0], [1000, 0], false],
    [[1000, 1], [1000, 0], false],
    [[400, 8], [40_000, 0], true],
    [[400, 20], [400, 0], true],
    // both sides are hit alike
    [[400, 20], [400, 20], false],
    [[400, 20], [40_000, 2000], false],
    // twice as often, and only the larger sample shows it
    [[400, 12], [400, 6], false],
    [[40_000, 1200], [40_000, 600], true],
    // much more often than the legacy, and still less than is tolerated
    [[100_000, 60], [100_000, 1], false],
  ] as const)("of %j calls and hits, and %j on the legacy side, refuses: %j", (ours, theirs, refused) => {
    const [candidate, legacy] = [ours, theirs].map(([calls, hits]) => ({ calls, hits }));
    if (candidate === undefined || legacy === undefined) throw new Error("two samples");
    expect(begun().observe({ candidate, legacy }, candidate.calls / (candidate.calls + legacy.calls))).toBe(refused);
  });

  it("has the absolute ratio decide alone where there is nobody to compare with", () => {
    expect(begun().observe({ candidate: { calls: 400, hits: 20 }, legacy: none }, undefined)).toBe(true);
    expect(begun().observe({ candidate: { calls: 400, hits: 1 }, legacy: none }, undefined)).toBe(false);
  });

  it("passes a round when the calls suffice: 408 of them without a hit", () => {
    // ln(0.05 / 2) / ln(0.99 / 0.999) = 407.7
    const test = begun();
    test.observe({ candidate: { calls: 407, hits: 0 }, legacy: none }, undefined);
    expect(test.passes).toBe(0);
    test.observe({ candidate: { calls: 1, hits: 0 }, legacy: none }, undefined);
    expect(test.passes).toBe(1);
    test.begin(limits);
    expect(test.passes).toBe(0);
  });

  it("refuses after a long good time as soon as one that has just begun, but for its smaller alpha", () => {
    const [old, young] = [begun(), begun()];
    for (let i = 0; i < 1000; i++) old.observe({ candidate: { calls: 408, hits: 0 }, legacy: none }, undefined);
    expect(old.passes).toBe(1000);
    const hitsUntilRefused = (test: SequentialTest): number => {
      for (let hits = 1; ; hits++)
        if (test.observe({ candidate: { calls: 50, hits: 1 }, legacy: none }, undefined)) return hits;
    };
    expect([hitsUntilRefused(young), hitsUntilRefused(old)]).toEqual([3, 10]);
  });
});

/** Calls until the test refuses, a second of 100 calls at a time; undefined when it does not within `seconds`. */
function play(random: () => number, rates: { legacy: number; candidate: number; share: number }, seconds: number) {
  const test = begun();
  const calls = { candidate: 100 * rates.share, legacy: 100 * (1 - rates.share) };
  for (let second = 1; second <= seconds; second++) {
    const candidate = { calls: calls.candidate, hits: hitsAmong(random, calls.candidate, rates.candidate) };
    const legacy = { calls: calls.legacy, hits: hitsAmong(random, calls.legacy, rates.legacy) };
    if (test.observe({ candidate, legacy }, rates.share))
      return { calls: second * calls.candidate, passes: test.passes };
  }
  return { calls: undefined, passes: test.passes };
}

describe("a sequential test, simulated", () => {
  it.each([
    { legacy: 0, candidate: 0.001, share: 0.5 }, // as often as is tolerated
    { legacy: 0.02, candidate: 0.02, share: 0.5 }, // as often as the legacy
    { legacy: 0.02, candidate: 0.02, share: 0.05 },
    { legacy: 0.2, candidate: 0.2, share: 0.25 },
  ])("looked at 200 times refuses at most 1 % of the candidates that are good enough: %j", (rates) => {
    const random = seededRandom(1);
    const runs = 2000;
    const refused = Array.from({ length: runs }, () => play(random, rates, 200)).filter(
      (run) => run.calls !== undefined,
    );
    expect(refused.length / runs).toBeLessThanOrEqual(bounds.alpha);
  });

  it.each([
    { legacy: 0, candidate: 0.02, share: 0.01, median: 200 },
    { legacy: 0, candidate: 0.02, share: 0.5, median: 600 },
    { legacy: 0.001, candidate: 0.05, share: 0.05, median: 150 },
    { legacy: 0.01, candidate: 0.04, share: 0.5, median: 1200 },
  ])(
    "refuses a bad candidate within $median calls in the median: $candidate against $legacy",
    ({ median, ...rates }) => {
      const random = seededRandom(2);
      const calls = Array.from({ length: 400 }, () => play(random, rates, 100_000).calls ?? Infinity).toSorted(
        (a, b) => a - b,
      );
      expect(calls[200]).toBeLessThanOrEqual(median);
      expect(calls[399]).toBeLessThan(Infinity);
    },
  );

  it("has at most 5 % of the unacceptable candidates pass a first round", () => {
    const random = seededRandom(3);
    const runs = 2000;
    const passed = Array.from({ length: runs }, () =>
      play(random, { legacy: 0, candidate: 0.01, share: 0.5 }, 40),
    ).filter(({ passes }) => passes > 0);
    expect(passed.length / runs).toBeLessThanOrEqual(bounds.beta);
  });
});
