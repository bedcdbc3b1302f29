import { describe, expect, it } from "vitest";
import { backoffMs } from "./backoff.ts";

describe("backoffMs", () => {
  it.each([
    [0, 100, 200],
    [1, 100, 400],
    [2, 100, 800],
    [3, 100, 1600],
    [4, 100, 2000],
    [5, 100, 2000],
    [10_000, 100, 2000],
  ])("draws the pause after %i failures from [%i ms, %i ms)", (failures, fromMs, toMs) => {
    expect(backoffMs(failures, 0)).toBe(fromMs);
    expect(backoffMs(failures, 0.5)).toBe((fromMs + toMs) / 2);
    expect(backoffMs(failures, 1 - Number.EPSILON)).toBeLessThanOrEqual(toMs);
  });
});
