import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { hasTime, patienceMs, timeLeft } from "./time-left.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["performance"], now: 0 });
});
afterEach(() => {
  vi.useRealTimers();
});

describe("hasTime", () => {
  it.each([
    ["without a timeout", undefined, true],
    ["with no limit", 0, true],
    ["with 2 ms left", 22, true],
    ["whose timer has fired a millisecond early", 21, false],
    ["whose time is up", 20, false],
  ])("of a call %s after 20 ms", (_, timeoutMs, expected) => {
    const startedAt = performance.now();
    vi.advanceTimersByTime(20);
    expect(hasTime(timeoutMs, startedAt, undefined)).toBe(expected);
  });

  it("is not there once the caller has left", () => {
    expect(hasTime(undefined, performance.now(), AbortSignal.abort())).toBe(false);
  });
});

describe("timeLeft", () => {
  it.each([
    [undefined, undefined],
    [0, 0],
    [100, 80],
    [20, 1],
    [10, 1],
  ])("of a call with %s ms after 20 ms is %s ms", (timeoutMs, expected) => {
    const startedAt = performance.now();
    vi.advanceTimersByTime(20);
    expect(timeLeft(timeoutMs, startedAt)).toBe(expected);
  });
});

describe("patienceMs", () => {
  it.each([
    [undefined, Infinity],
    [0, Infinity],
    [100, 100],
  ])("of a call with %s ms is %s ms", (timeoutMs, expected) => {
    expect(patienceMs(timeoutMs)).toBe(expected);
  });
});
