import { describe, expect, it } from "vitest";
import { timeoutText } from "./grpc-protocol.ts";

describe("timeoutText", () => {
  it.each([
    [1, "1m"],
    [0.2, "1m"],
    [1500.5, "1501m"],
    [99_999_999, "99999999m"],
    [100_000_000, "100000S"],
    [100_000_001, "100001S"],
    [1e15, "99999999S"],
  ])("says %d ms as %s: rounded up, in eight digits at most", (ms, text) => {
    expect(timeoutText(ms)).toBe(text);
  });
});
