import { describe, expect, it } from "vitest";
import { AdaptiveThrottle } from "./adaptive-throttle.ts";

/** 100 calls a second from `from` to `to`, of which every `acceptEvery`th is accepted. */
function drive(throttle: AdaptiveThrottle, from: number, to: number, acceptEvery: number): void {
  for (let now = from, call = 0; now < to; now += 10, call++) {
    if (!throttle.admits(now, 0.99)) continue;
    if (call % acceptEvery === 0) throttle.accepted(now);
    else throttle.refused(now);
  }
}

describe("AdaptiveThrottle", () => {
  it.each([
    ["all are accepted", 1, 0],
    ["every second one is accepted", 2, 0],
    ["every fourth one is accepted", 4, 0.5],
    ["every tenth one is accepted", 10, 0.8],
    ["none is accepted", Infinity, 0.9],
  ])("when %s", (_, acceptEvery, rejection) => {
    const throttle = new AdaptiveThrottle();
    drive(throttle, 0, 3000, acceptEvery);
    expect(throttle.rejection(3000)).toBeCloseTo(rejection, 1);
  });

  it("rejects by lot", () => {
    const throttle = new AdaptiveThrottle();
    drive(throttle, 0, 3000, 4);
    expect(throttle.admits(3000, 0.6)).toBe(true);
    expect(throttle.admits(3000, 0.3)).toBe(false);
  });

  it("rejects nothing while it has seen few calls", () => {
    const throttle = new AdaptiveThrottle({ minRequests: 20 });
    for (let call = 0; call < 20; call++) {
      expect(throttle.admits(call, 0)).toBe(true);
      throttle.refused(call);
    }
    expect(throttle.admits(20, 0)).toBe(false);
  });

  it("rejects nothing of a burst that has not been answered yet", () => {
    const throttle = new AdaptiveThrottle();
    for (let call = 0; call < 1000; call++) expect(throttle.admits(0, 0)).toBe(true);
    for (let call = 0; call < 1000; call++) throttle.accepted(100);
    expect(throttle.rejection(100)).toBe(0);
  });

  it("rejects nothing of a method that takes longer than the window", () => {
    const throttle = new AdaptiveThrottle({ windowMs: 3000 });
    for (let now = 0; now < 60_000; now += 20) {
      if (now >= 5000) throttle.accepted(now);
      expect(throttle.admits(now, 0)).toBe(true);
    }
  });

  it("forgets what is older than its window, after a pause as well", () => {
    const throttle = new AdaptiveThrottle({ windowMs: 3000 });
    drive(throttle, 0, 3000, Infinity);
    drive(throttle, 3000, 6000, 1);
    expect(throttle.rejection(6000)).toBe(0);
    drive(throttle, 6000, 9000, Infinity);
    expect(throttle.rejection(9000)).toBe(0.9);
    expect(throttle.rejection(1e9)).toBe(0);
  });

  it.each([
    [{ ratio: 1 }, "ratio: expected a number in [1.1, 10], got 1"],
    [{ windowMs: 100 }, "windowMs: expected a number in [500, 120000], got 100"],
    [{ minRequests: 0 }, "minRequests: expected an integer in [1, 10000], got 0"],
    [{ maxRejection: 1 }, "maxRejection: expected a number in [0, 0.99], got 1"],
  ])("refuses %o", (options, message) => {
    expect(() => new AdaptiveThrottle(options)).toThrow(new RangeError(message));
  });
});
