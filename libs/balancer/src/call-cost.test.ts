import { describe, expect, it } from "vitest";
import { CallCost } from "./call-cost.ts";
import { settingsOf } from "./options.ts";

const { latency } = settingsOf({ latency: { tauMs: 600, forgetMs: 30_000 } });

describe("CallCost", () => {
  it("knows nothing at first", () => {
    const cost = new CallCost();
    expect([cost.known(0, latency), cost.latencyMs(0, latency), cost.failureShare(0, latency)]).toEqual([false, 0, 0]);
  });

  it("takes a peak at once, and comes down with time", () => {
    const cost = new CallCost();
    cost.answered(10, 0, latency);
    cost.answered(500, 1, latency);
    expect(cost.latencyMs(1, latency)).toBe(500);
    cost.answered(10, 601, latency);
    expect(cost.latencyMs(601, latency)).toBeCloseTo(10 + 490 / Math.E, 6);
    cost.answered(10, 6601, latency);
    expect(cost.latencyMs(6601, latency)).toBeCloseTo(10, 1);
  });

  it("comes down as far by many answers as by one in the same time", () => {
    const cost = new CallCost();
    cost.answered(500, 0, latency);
    for (let now = 1; now <= 600; now++) cost.answered(10, now, latency);
    expect(cost.latencyMs(600, latency)).toBeCloseTo(10 + 490 / Math.E, 6);
  });

  it("forgets what is older than forgetMs", () => {
    const cost = new CallCost();
    cost.answered(500, 0, latency);
    cost.ended(true, 0, latency);
    expect([cost.latencyMs(30_000, latency), cost.failureShare(30_000, latency)]).toEqual([500, 1]);
    expect([cost.latencyMs(30_001, latency), cost.failureShare(30_001, latency)]).toEqual([0, 0]);
    expect(cost.known(30_001, latency)).toBe(false);
  });

  it("knows nothing after it was told to forget", () => {
    const cost = new CallCost();
    cost.answered(500, 0, latency);
    cost.ended(true, 0, latency);
    cost.forget();
    expect([cost.known(1, latency), cost.latencyMs(1, latency), cost.failureShare(1, latency)]).toEqual([false, 0, 0]);
    cost.answered(10, 1, latency);
    expect(cost.latencyMs(1, latency)).toBe(10);
  });

  it("is raised by a call that waited longer in vain, and never lowered", () => {
    const cost = new CallCost();
    cost.answered(100, 0, latency);
    cost.waited(1, 10_000);
    expect(cost.latencyMs(10_000, latency)).toBe(100);
    cost.waited(5000, 10_000);
    expect(cost.latencyMs(10_000, latency)).toBe(5000);
  });

  it("holds a wait in vain for a bound, not for an answer: the first answer replaces it", () => {
    const cost = new CallCost();
    cost.waited(5000, 0);
    expect([cost.known(0, latency), cost.latencyMs(0, latency)]).toEqual([false, 5000]);
    cost.answered(10, 1, latency);
    expect([cost.known(1, latency), cost.latencyMs(1, latency)]).toEqual([true, 10]);
  });

  it("averages failures with the same time constant", () => {
    const cost = new CallCost();
    cost.ended(false, 0, latency);
    cost.ended(true, 600, latency);
    expect(cost.failureShare(600, latency)).toBeCloseTo(1 - 1 / Math.E, 6);
    cost.ended(false, 1200, latency);
    expect(cost.failureShare(1200, latency)).toBeCloseTo((1 - 1 / Math.E) / Math.E, 6);
  });
});
