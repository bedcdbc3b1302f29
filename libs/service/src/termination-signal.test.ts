import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { terminationSignal } from "./termination-signal.ts";

describe("terminationSignal", () => {
  it.each(["SIGTERM", "SIGINT"] as const)("answers %s, and listens no more afterwards", async (signal) => {
    const before = process.listenerCount(signal);
    const received = terminationSignal();
    process.emit(signal, signal);
    expect(await received).toBe(signal);
    expect(process.listenerCount(signal)).toBe(before);
  });

  it("keeps a process alive that has nothing else to do, until the signal comes", async () => {
    const module = JSON.stringify(join(import.meta.dirname, "termination-signal.ts"));
    const program = `
      import { terminationSignal } from ${module};
      const received = terminationSignal();
      process.stdout.write("waiting");
      await received;`;
    const child = spawn(process.execPath, ["--input-type=module-typescript", "--eval", program]);
    const ended = once(child, "close");
    await once(child.stdout, "data");
    await sleep(50);
    expect(child.exitCode).toBeNull();
    child.kill("SIGTERM");
    expect(await ended).toEqual([0, null]);
  });
});
