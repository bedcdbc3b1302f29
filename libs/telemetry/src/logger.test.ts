import { describe, expect, it } from "vitest";
import { runCall } from "./call-context.ts";
import { createLogger } from "./logger.ts";

function captured(level: "info" | "debug" = "info") {
  const lines: string[] = [];
  const log = createLogger(
    "user",
    { LOG_LEVEL: level, LOG_FORMAT: "json" },
    { write: (line) => void lines.push(line) },
  );
  return { log, records: (): unknown[] => lines.map((line) => JSON.parse(line)), lines };
}

describe("createLogger", () => {
  it("writes one JSON line with level, time, service and message", () => {
    const { log, records } = captured();
    log.info({ address: "localhost:50051" }, "serving");
    expect(records()).toEqual([
      {
        level: "info",
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
        service: "user",
        address: "localhost:50051",
        msg: "serving",
      },
    ]);
  });

  it("puts the correlation id of the call on every line written for it", async () => {
    const { log, records } = captured();
    await runCall({ requestId: "abc" }, async () => {
      await Promise.resolve();
      log.info("inside");
    });
    log.info("outside");
    expect(records()).toEqual([
      expect.objectContaining({ msg: "inside", requestId: "abc" }),
      expect.not.objectContaining({ requestId: expect.anything() }),
    ]);
  });

  it("never writes the value of a field that holds a secret", () => {
    const { log, lines } = captured();
    log.info({ password: "hunter2", request: { password: "hunter2", authorization: "hunter2" } }, "call");
    expect(lines.join("")).not.toContain("hunter2");
    expect(lines.join("")).toContain("[redacted]");
  });

  it("writes an error with its causes", () => {
    const { log, lines } = captured();
    log.error({ error: new Error("outer", { cause: new Error("inner") }) }, "failed");
    expect(lines.join("")).toContain("outer");
    expect(lines.join("")).toContain("inner");
  });

  it("writes nothing below its level", () => {
    const { log, lines } = captured("info");
    log.debug("detail");
    expect(lines).toEqual([]);
  });
});
