import { expect, it } from "vitest";
import { figuresOf } from "./phase.ts";

it("counts the calls that began in a phase, and how long reads and writes took at most; watches are neither", () => {
  const call = (method: string, startedAt: number, tookMs: number, failed = false) => {
    return {
      method,
      repeatable: true,
      startedAt,
      tookMs,
      failure: failed ? { code: "Internal", message: "" } : undefined,
    };
  };
  const ends = [
    call("GetUser", 99, 999),
    call("GetUser", 100, 5),
    call("ListOrders", 150, 7, true),
    call("CreateUser", 199, 300),
    call("WatchStock", 120, 2000),
    call("PlaceOrder", 200, 999),
  ];
  const phase = { name: "nothing", startedAt: 100, endedAt: 200, said: "" };
  expect(figuresOf(phase, ends)).toEqual({ calls: 4, failed: 1, longestReadMs: 7, longestWriteMs: 300 });
});
