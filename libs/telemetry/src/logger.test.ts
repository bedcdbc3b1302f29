import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { runCall } from "./call-context.ts";
import { createLogger } from "./logger.ts";

function captured(level: "info" | "debug" = "info") {
  const lines: string[] = [];
  const log = createLogger(
    "user",
    { LOG_LEVEL: level, LOG_FORMAT: "json", INSTANCE_ID: "user-1" },
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
        instance: "user-1",
        address: "localhost:50051",
        msg: "serving",
      },
    ]);
  });

  it("puts the correlation id and the trace of the call on every line written for it", async () => {
    const { log, records } = captured();
    const trace = { traceId: "a".repeat(32), spanId: "b".repeat(16), traceFlags: 0 };
    await runCall({ requestId: "abc", trace }, async () => {
      await Promise.resolve();
      log.info("inside");
    });
    log.info("outside");
    expect(records()).toEqual([
      expect.objectContaining({ msg: "inside", requestId: "abc", traceId: trace.traceId }),
      expect.not.objectContaining({ requestId: expect.anything() }),
    ]);
  });

  it("never writes the value of a field that holds a secret", () => {
    const { log, lines } = captured();
    const fields = { password: "hunter2", request: { password: "hunter2", authorization: "hunter2", user: "ada" } };
    log.info(fields, "call");
    log.child({ token: "hunter2" }).info("child");
    expect(fields.request.password).toBe("hunter2");
    expect(lines[0]).toContain('"user":"ada"');
    expect(lines.join("")).not.toContain("hunter2");
    expect(lines.join("")).toContain("[redacted]");
  });

  it("writes an error with its causes", () => {
    const { log, lines } = captured();
    log.error({ error: new Error("outer", { cause: new Error("inner") }) }, "failed");
    expect(lines.join("")).toContain("outer");
    expect(lines.join("")).toContain("inner");
  });

  it("loses no line at exit, however slow the reader is", async () => {
    const script = fileURLToPath(new URL("testing/chatty-process.ts", import.meta.url));
    const child = spawn(process.execPath, [script, "3000"], { stdio: ["ignore", "pipe", "inherit"] });
    const exited = once(child, "exit");
    await sleep(300);
    const lines = (await text(child.stdout)).trimEnd().split("\n");
    expect(await exited).toEqual([0, null]);
    expect(lines).toHaveLength(3000);
    expect(JSON.parse(lines.at(-1) ?? "")).toMatchObject({ count: 2999, msg: "line" });
  });

  it("writes nothing below its level", () => {
    const { log, lines } = captured("info");
    log.debug("detail");
    expect(lines).toEqual([]);
  });
});
