import { describe, expect, it } from "vitest";
import { callContextOf, requestIdOf, timeoutMsOf } from "./call-headers.ts";

const { signal } = new AbortController();
const trace = { traceId: "a".repeat(32), spanId: "b".repeat(16), traceFlags: 0 };

describe("requestIdOf", () => {
  it.each(["a", "A.b_c-9", "x".repeat(128)])("takes %s", (id) => {
    expect(requestIdOf(id, "instead")).toBe(id);
  });

  it.each([null, "", "a b", "x".repeat(129), "ä"])("takes another one in place of %j", (header) => {
    expect(requestIdOf(header, "instead")).toBe("instead");
  });
});

describe("timeoutMsOf", () => {
  it.each([
    ["grpc-timeout", "2H", 7_200_000],
    ["grpc-timeout", "3M", 180_000],
    ["grpc-timeout", "4S", 4000],
    ["grpc-timeout", "99999999m", 99_999_999],
    ["grpc-timeout", "1500u", 1.5],
    ["grpc-timeout", "500000n", 0.5],
    ["grpc-timeout", "0m", 0],
    ["connect-timeout-ms", "250", 250],
  ])("reads %s: %s", (name, value, ms) => {
    expect(timeoutMsOf(new Headers({ [name]: value }))).toBe(ms);
  });

  it.each([
    ["grpc-timeout", "5"],
    ["grpc-timeout", "123456789m"],
    ["grpc-timeout", "-1m"],
    ["connect-timeout-ms", "5s"],
    ["connect-timeout-ms", "12345678901"],
    ["connect-timeout-ms", ""],
  ])("makes nothing of %s: %j", (name, value) => {
    expect(timeoutMsOf(new Headers({ [name]: value }))).toBeUndefined();
  });
});

describe("callContextOf", () => {
  it("has what the headers tell", () => {
    const headers = new Headers({ "grpc-timeout": "100m", "grpc-previous-rpc-attempts": "2" });
    expect(callContextOf(headers, { request: { signal }, requestId: "id", startedAt: 1000, trace })).toEqual({
      requestId: "id",
      trace,
      signal,
      deadline: 1100,
      previousAttempts: 2,
    });
  });

  it.each([{}, { "grpc-previous-rpc-attempts": "-1" }, { "grpc-previous-rpc-attempts": "1000" }])(
    "has no deadline and no attempt before it where %j tells of none",
    (headers) => {
      const context = callContextOf(new Headers(headers), {
        request: { signal },
        requestId: "id",
        startedAt: 1000,
        trace,
      });
      expect(context).toEqual({ requestId: "id", trace, signal, previousAttempts: 0 });
    },
  );
});
