import { describe, expect, it } from "vitest";
import { settingsOf, type BalancerPolicy } from "./options.ts";

describe("settingsOf", () => {
  it("fills in what is left open", () => {
    expect(settingsOf({})).toEqual({
      strategy: "peak_ewma",
      zone: undefined,
      slowStartMs: 10_000,
      subset: undefined,
      panicPercent: 50,
      latency: { tauMs: 600, forgetMs: 120_000, forcedPickMs: 3000, failurePenalty: 20 },
      ejection: {
        consecutiveFailures: 5,
        intervalMs: 10_000,
        baseMs: 10_000,
        maxMs: 300_000,
        maxPercent: 50,
        minCalls: 30,
      },
    });
  });

  it("ejects nobody when told so", () => {
    expect(settingsOf({ ejection: false }).ejection).toBeUndefined();
  });

  it("raises the longest ejection to the first where only that is given", () => {
    expect(settingsOf({ ejection: { baseMs: 400_000 } }).ejection).toMatchObject({ baseMs: 400_000, maxMs: 400_000 });
  });

  it.each<[BalancerPolicy, string]>([
    [
      JSON.parse('{"strategy":"fastest"}'),
      'strategy: expected one of peak_ewma, least_request, round_robin, weighted_round_robin, rendezvous, got "fastest"',
    ],
    [{ zone: "" }, 'zone: expected a text of 1 to 63 characters, got ""'],
    [{ slowStartMs: -1 }, "slowStartMs: expected a number in [0, 3600000], got -1"],
    [{ slowStartMs: Number.NaN }, "slowStartMs: expected a number in [0, 3600000], got NaN"],
    [{ slowStartMs: 3_600_001 }, "slowStartMs: expected a number in [0, 3600000], got 3600001"],
    [{ panicPercent: 101 }, "panicPercent: expected a number in [0, 100], got 101"],
    [{ subset: { clientId: "", size: 5 } }, 'subset.clientId: expected a text of 1 to 1000 characters, got ""'],
    [{ subset: { clientId: "c", size: 0 } }, "subset.size: expected an integer in [1, 10000], got 0"],
    [{ subset: { clientId: "c", size: 1.5 } }, "subset.size: expected an integer in [1, 10000], got 1.5"],
    [{ latency: { tauMs: 0 } }, "latency.tauMs: expected a number in [1, 600000], got 0"],
    [{ latency: { forgetMs: 999 } }, "latency.forgetMs: expected a number in [1000, 3600000], got 999"],
    [{ latency: { forcedPickMs: 99 } }, "latency.forcedPickMs: expected a number in [100, 600000], got 99"],
    [{ latency: { failurePenalty: -1 } }, "latency.failurePenalty: expected a number in [0, 10000], got -1"],
    [{ ejection: { consecutiveFailures: 0 } }, "ejection.consecutiveFailures: expected an integer in [1, 1000], got 0"],
    [{ ejection: { intervalMs: 999 } }, "ejection.intervalMs: expected a number in [1000, 600000], got 999"],
    [{ ejection: { baseMs: 99 } }, "ejection.baseMs: expected a number in [100, 3600000], got 99"],
    [{ ejection: { baseMs: 500, maxMs: 499 } }, "ejection.maxMs: expected a number in [500, 3600000], got 499"],
    [{ ejection: { maxPercent: -1 } }, "ejection.maxPercent: expected a number in [0, 100], got -1"],
    [{ ejection: { minCalls: 0 } }, "ejection.minCalls: expected an integer in [1, 1000000], got 0"],
  ])("refuses %j by field, rule and value", (policy, message) => {
    expect(() => settingsOf(policy)).toThrow(new RangeError(message));
  });

  it.each<BalancerPolicy>([
    { slowStartMs: 0, panicPercent: 0 },
    { slowStartMs: 3_600_000, panicPercent: 100 },
    { subset: { clientId: "c", size: 1 }, zone: "a" },
    { subset: { clientId: "c".repeat(1000), size: 10_000 }, zone: "a".repeat(63) },
    { latency: { tauMs: 1, forgetMs: 1000, forcedPickMs: 100, failurePenalty: 0 } },
    { latency: { tauMs: 600_000, forgetMs: 3_600_000, forcedPickMs: 600_000, failurePenalty: 10_000 } },
    { ejection: { consecutiveFailures: 1, intervalMs: 1000, baseMs: 100, maxMs: 100, maxPercent: 0, minCalls: 1 } },
    {
      ejection: {
        consecutiveFailures: 1000,
        intervalMs: 600_000,
        baseMs: 3_600_000,
        maxPercent: 100,
        minCalls: 1_000_000,
      },
    },
  ])("takes %j, at the ends of what is allowed", (policy) => {
    expect(() => settingsOf(policy)).not.toThrow();
  });
});
