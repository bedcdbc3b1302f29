import { describe, expect, it } from "vitest";
import type { CallEnd } from "../load/call-end.ts";
import { failuresOf, formatRolling } from "./rolling-report.ts";
import type { RollingResult } from "./rolling-run.ts";

const call: CallEnd = { method: "GetUser", repeatable: true, startedAt: 1000, tookMs: 20, failure: undefined };
const lost: CallEnd = { ...call, method: "PlaceOrder", failure: { code: "Unavailable", message: "connection lost" } };
const result: RollingResult = {
  etcdVersion: "3.5.16",
  environment: "production",
  ends: [call, { ...call, startedAt: 1100 }],
  restarts: [{ name: "order-2", manner: "in place", stoppingAt: 990, endedAt: 1500 }],
  tookMs: 1000,
  differences: [],
  orders: 0,
};

describe("formatRolling", () => {
  it("tells of calls by method, restarts, and the longest time without an answer", () => {
    const report = formatRolling(result);
    expect(report).toContain("| GetUser | 2     | 0      | 20 ms | 20 ms | 20 ms   |");
    expect(report).toContain("1 restarts: 0 with the new one ready first, 1 in place");
    expect(report).toContain("failed calls: 0");
    expect(report).toContain("longest time without an answer: 100 ms");
  });

  it("lists each call that failed, with who was going down, and what does not balance", () => {
    const broken = { ...result, ends: [call, lost], differences: ["fig: 6 in stock, 8 expected"] };
    const report = formatRolling(broken);
    expect(failuresOf(broken)).toHaveLength(1);
    expect(report).toContain(
      "FAILED: PlaceOrder after 20 ms: Unavailable, connection lost; going down: order-2 (in place, 0.03 s after its SIGTERM)",
    );
    expect(report).toContain("FAILED: fig: 6 in stock, 8 expected");
  });
});
