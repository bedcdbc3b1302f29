import { describe, expect, it } from "vitest";
import { pushbackMsOf } from "./pushback.ts";

describe("pushbackMsOf", () => {
  it.each([
    [null, undefined],
    ["0", 0],
    ["250", 250],
    ["-1", -1],
    ["", -1],
    ["soon", -1],
    ["1.5", -1],
    ["99999999999", -1],
  ])("takes %j for %j", (header, ms) => {
    expect(pushbackMsOf(header)).toBe(ms);
  });
});
