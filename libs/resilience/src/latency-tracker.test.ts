import { describe, expect, it } from "vitest";
import { LatencyTracker } from "./latency-tracker.ts";
import { Simulation } from "./testing/simulation.ts";

function filled(count: number, latencyMs: (index: number) => number): LatencyTracker {
  const tracker = new LatencyTracker();
  for (let index = 0; index < count; index++) tracker.record(latencyMs(index), 0);
  return tracker;
}

describe("LatencyTracker", () => {
  it("knows nothing until it has enough samples", () => {
    const tracker = filled(99, () => 5);
    expect(tracker.percentileMs(95, 0)).toBeUndefined();
    tracker.record(5, 0);
    expect(tracker.percentileMs(95, 0)).toBeDefined();
  });

  it.each([50, 90, 95, 99])("is within 5 %% of percentile %d of an exponential distribution", (percentile) => {
    const simulation = new Simulation(3);
    const tracker = filled(50_000, () => simulation.exponential(20));
    const exact = -Math.log(1 - percentile / 100) * 20;
    expect(Math.abs((tracker.percentileMs(percentile, 0) ?? 0) / exact - 1)).toBeLessThan(0.05);
  });

  it.each([
    [0, 0.0104],
    [-1, 0.0104],
    [0.01, 0.0104],
    [1e12, 160_662],
    [Infinity, 160_662],
  ])("puts %d ms where it belongs", (latencyMs, expected) => {
    expect(filled(100, () => latencyMs).percentileMs(50, 0)).toBeCloseTo(expected, latencyMs > 1 ? -1 : 3);
  });

  it("follows a change within two half-lives", () => {
    const tracker = new LatencyTracker();
    for (let now = 0; now < 60_000; now += 10) tracker.record(5, now);
    for (let now = 60_000; now < 70_000; now += 10) tracker.record(50, now);
    expect(tracker.percentileMs(50, 70_000)).toBeGreaterThan(45);
  });

  it("knows nothing again after a long silence", () => {
    const tracker = filled(1000, () => 5);
    expect(tracker.percentileMs(95, 1)).toBeDefined();
    expect(tracker.percentileMs(95, 3_600_000)).toBeUndefined();
  });

  it("answers for the percentile that is asked for, not for the one before", () => {
    const tracker = filled(1000, (index) => (index < 900 ? 1 : 100));
    expect(tracker.percentileMs(50, 0)).toBeLessThan(2);
    expect(tracker.percentileMs(99, 0)).toBeGreaterThan(90);
  });

  it.each([
    [{ halfLifeMs: 99 }, "halfLifeMs: expected a number in [100, 600000], got 99"],
    [{ minSamples: 9 }, "minSamples: expected an integer in [10, 100000], got 9"],
  ])("refuses %o", (options, message) => {
    expect(() => new LatencyTracker(options)).toThrow(new RangeError(message));
  });
});
