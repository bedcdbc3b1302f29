import { describe, expect, it } from "vitest";
import { backoffMs } from "./backoff.ts";

const backoff = { initialBackoffMs: 10, maxBackoffMs: 100, backoffMultiplier: 3 };

describe("backoffMs", () => {
  it.each([
    [1, 10],
    [2, 30],
    [3, 90],
    [4, 100],
    [1000, 100],
  ])("before retry %d is anything up to %d ms", (retry, most) => {
    expect(backoffMs(backoff, retry, 0)).toBe(0);
    expect(backoffMs(backoff, retry, 0.5)).toBe(most / 2);
  });
});
