import { describe, expect, it } from "vitest";
import { durationMs } from "./duration.ts";

describe("durationMs", () => {
  it.each([
    ["5s", 5000],
    ["0.025s", 25],
    ["1.1s", 1100],
    ["0s", 0],
    ["0.000001s", 0.001],
    ["5", undefined],
    ["5ms", undefined],
    ["-5s", undefined],
    [".5s", undefined],
    ["1e3s", undefined],
    ["9999999999s", undefined],
    [5, undefined],
    [undefined, undefined],
  ])("of %j is %j", (value, expected) => {
    expect(durationMs(value)).toBe(expected);
  });
});
