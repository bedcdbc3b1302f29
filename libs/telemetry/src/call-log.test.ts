import { describe, expect, it } from "vitest";
import { CallLog } from "./call-log.ts";
import { createLogger } from "./logger.ts";

function openCallLog(successesPerSecond?: number) {
  const lines: string[] = [];
  const log = createLogger(
    "user",
    { LOG_LEVEL: "info", LOG_FORMAT: "json" },
    { write: (line) => void lines.push(line) },
  );
  let now = 0;
  const callLog = new CallLog(log, { successesPerSecond });
  return {
    callLog,
    call: (code: string): void => {
      if (callLog.admits(code, now)) callLog.write({ method: "a.B/C", code, durationMs: 1.23456, peer: undefined });
    },
    pass: (ms: number) => (now += ms),
    records: (): Record<string, unknown>[] => lines.map((line): Record<string, unknown> => JSON.parse(line)),
  };
}

describe("CallLog", () => {
  it("writes method, code and duration", () => {
    const { call, records } = openCallLog();
    call("OK");
    expect(records()).toEqual([
      expect.objectContaining({ level: "info", msg: "call", method: "a.B/C", code: "ok", durationMs: 1.235 }),
    ]);
  });

  it.each([
    ["OK", "info"],
    ["CANCELLED", "info"],
    ["INVALID_ARGUMENT", "info"],
    ["NOT_FOUND", "info"],
    ["ALREADY_EXISTS", "info"],
    ["PERMISSION_DENIED", "info"],
    ["UNAUTHENTICATED", "info"],
    ["FAILED_PRECONDITION", "info"],
    ["ABORTED", "info"],
    ["OUT_OF_RANGE", "info"],
    ["UNIMPLEMENTED", "info"],
    ["DEADLINE_EXCEEDED", "warn"],
    ["RESOURCE_EXHAUSTED", "warn"],
    ["UNAVAILABLE", "warn"],
    ["UNKNOWN", "error"],
    ["INTERNAL", "error"],
    ["DATA_LOSS", "error"],
  ])("writes %s at level %s", (code, level) => {
    const { call, records } = openCallLog();
    call(code);
    expect(records()).toEqual([expect.objectContaining({ level, code: code.toLowerCase() })]);
  });

  it("writes so many successes a second, and says in the next line how many were left out", () => {
    const { call, pass, records } = openCallLog(2);
    for (let count = 0; count < 10; count++) call("OK");
    expect(records()).toHaveLength(2);
    pass(500);
    call("OK");
    call("OK");
    expect(records()).toEqual([
      expect.not.objectContaining({ leftOut: expect.anything() }),
      expect.not.objectContaining({ leftOut: expect.anything() }),
      expect.objectContaining({ leftOut: 8 }),
    ]);
  });

  it("saves up no more than one second's lines", () => {
    const { call, pass, records } = openCallLog(2);
    pass(3_600_000);
    for (let count = 0; count < 10; count++) call("OK");
    expect(records()).toHaveLength(2);
  });

  it("always writes a call that has failed, with the count of those that were left out", () => {
    const { call, records } = openCallLog(0);
    call("OK");
    for (let count = 0; count < 100; count++) call("NOT_FOUND");
    expect(records()).toHaveLength(100);
    expect(records()[0]).toMatchObject({ code: "not_found", leftOut: 1 });
  });

  it("tells of the last ones that were left out when it is disposed, once", () => {
    const { callLog, call, records } = openCallLog(0);
    call("OK");
    callLog[Symbol.dispose]();
    callLog[Symbol.dispose]();
    expect(records()).toEqual([expect.objectContaining({ leftOut: 1, msg: "calls that were left out of the log" })]);
  });
});
