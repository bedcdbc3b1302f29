import { describe, expect, it } from "vitest";
import { formatLogLine, isNotable, parseLogLine } from "./log-line.ts";

const record = (fields: object): string =>
  JSON.stringify({ level: "info", time: "2026-11-21T01:02:03.004Z", service: "user", msg: "serving", ...fields });

describe("a line of a service's log", () => {
  it("tells the call that it is about", () => {
    const served = { method: "user.v1.UserService/GetUser", code: "ok", durationMs: 1.25, requestId: "r-1" };
    expect(parseLogLine(record({ msg: "call", ...served })).call).toEqual({
      ...served,
      endedAt: Date.UTC(2026, 10, 21, 1, 2, 3, 4),
    });
  });

  it.each([
    record({}),
    record({ msg: "call", method: "a/b" }),
    record({ msg: "call", method: "a/b", code: "ok", requestId: "r", durationMs: "1" }),
    "Error: no JSON",
  ])("is about no call: %s", (text) => {
    expect(parseLogLine(text)).not.toHaveProperty("call");
  });

  it.each([
    [record({ level: "info" }), false],
    [record({ level: "warn" }), true],
    [record({ level: "fatal" }), true],
    ["(node:1) Warning: something", false],
  ])("is worth showing or not: %s", (text, notable) => {
    expect(isNotable(parseLogLine(text))).toBe(notable);
  });

  it.each([
    [record({ level: "warn", msg: "etcd is away" }), "user-service warn: etcd is away"],
    [record({ level: "error", msg: "failed", error: { message: "no" } }), "user-service error: failed (no)"],
    [
      record({ msg: "call", method: "a/b", code: "internal", durationMs: 1, requestId: "r" }),
      "user-service info: a/b internal",
    ],
    ["Error: no JSON", "user-service: Error: no JSON"],
  ])("is worded for the terminal: %s", (text, shown) => {
    expect(formatLogLine("user-service", parseLogLine(text))).toBe(shown);
  });
});
