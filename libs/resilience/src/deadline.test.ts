import { describe, expect, it } from "vitest";
import { attemptTimeoutMs, createMargin, deadlineOf, remainingMs } from "./deadline.ts";

const byDefault = { timeoutMs: 5000, timeoutLimitMs: Infinity };
const limited = { timeoutMs: 2000, timeoutLimitMs: 2000 };
const now = 1_000_000;

describe("deadlineOf", () => {
  it.each([
    ["nobody says anything", undefined, byDefault, undefined, 5000],
    ["the caller asks for more than the default", 30_000, byDefault, undefined, 30_000],
    ["the caller asks for less", 100, byDefault, undefined, 100],
    ["the caller asks for none", 0, byDefault, undefined, Infinity],
    ["the policy speaks of the method", undefined, limited, undefined, 2000],
    ["the caller asks for more than the policy allows", 30_000, limited, undefined, 2000],
    ["the caller asks for none, and the policy forbids it", 0, limited, undefined, 2000],
    ["more is left of the call that is worked on", undefined, limited, 4000, 2000],
    ["less is left: the margin is kept back", undefined, byDefault, 1000, 980],
    ["little is left: the margin is a tenth of it", undefined, byDefault, 50, 45],
    ["the call that is worked on is over", undefined, byDefault, -10, -10],
    ["the call that is worked on has no end", undefined, byDefault, Infinity, 5000],
    ["nothing has an end", 0, byDefault, Infinity, Infinity],
  ])("when %s", (_, timeoutMs, policy, inheritedMs, expected) => {
    const inherited = inheritedMs === undefined ? undefined : now + inheritedMs;
    expect(deadlineOf(now, timeoutMs, policy, inherited)).toBe(now + expected);
  });

  it("leaves each hop of a chain less than the one before", () => {
    const hops = [deadlineOf(now, 1000, byDefault)];
    for (let hop = 1; hop < 5; hop++) hops.push(deadlineOf(now + hop, undefined, byDefault, hops.at(-1)));
    expect(hops.map((deadline) => deadline - now)).toEqual([1000, 980, 960, 940, 920]);
  });

  it("keeps back the margin that it is given", () => {
    const margin = createMargin({ marginMs: 100, marginRatio: 0.5 });
    expect(deadlineOf(now, undefined, byDefault, now + 1000, margin)).toBe(now + 900);
    expect(deadlineOf(now, undefined, byDefault, now + 100, margin)).toBe(now + 50);
  });

  it.each([
    [{ marginMs: -1 }, "marginMs: expected a number in [0, 10000], got -1"],
    [{ marginRatio: 0.6 }, "marginRatio: expected a number in [0, 0.5], got 0.6"],
  ])("refuses a margin of %o", (options, message) => {
    expect(() => createMargin(options)).toThrow(new RangeError(message));
  });
});

describe("remainingMs", () => {
  it.each([
    [1000, 1000],
    [0.2, 1],
    [0, 0],
    [-5, 0],
    [Infinity, Infinity],
  ])("of %d ms is %d", (left, expected) => {
    expect(remainingMs(left, 0)).toBe(expected);
  });
});

describe("attemptTimeoutMs", () => {
  it.each([
    ["the last attempt has all that is left", 3000, 1, 100, 5, 3000],
    ["the policy has the say before", 3000, 3, 100, 5, 100],
    ["but no attempt outlives the call", 50, 3, 100, 5, 50],
    ["an even share where calls are fast", 3000, 3, undefined, 5, 1000],
    ["three times the slowest where they are slow", 3000, 3, undefined, 600, 1800],
    ["all where they are slower still", 3000, 3, undefined, 1200, 3000],
    ["all while nothing is known", 3000, 3, undefined, undefined, 3000],
  ])("%s", (_, leftMs, attemptsLeft, perAttemptMs, slowMs, expected) => {
    expect(attemptTimeoutMs(leftMs, attemptsLeft, perAttemptMs, slowMs)).toBe(expected);
  });
});
