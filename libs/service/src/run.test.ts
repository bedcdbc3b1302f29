import { EventEmitter } from "node:events";
import { describe, expect, it, vi } from "vitest";
import { ExpectedError } from "./expected-error.ts";
import { run, type ProcessSeam } from "./run.ts";

function fakeProcess(pid = 77) {
  const lines: string[] = [];
  const exit = vi.fn<(code?: number) => void>();
  const signals = new EventEmitter();
  const process: ProcessSeam = {
    stderr: { write: (line) => lines.push(line) },
    exit,
    pid,
    on: (signal, listener) => signals.on(signal, listener),
    listenerCount: (signal) => signals.listenerCount(signal),
  };
  return { process, lines, exit, signals };
}

describe("run", () => {
  it("leaves the exit code alone when main succeeds", async () => {
    const { process, lines } = fakeProcess();
    await run(() => Promise.resolve(), { process });
    expect(process.exitCode).toBeUndefined();
    expect(lines).toEqual([]);
  });

  it("prints an expected failure in one line and sets the exit code", async () => {
    const { process, lines } = fakeProcess();
    await run(() => Promise.reject(new ExpectedError("port 1 is taken: stop what has it")), { process });
    expect(process.exitCode).toBe(1);
    expect(lines).toEqual(["port 1 is taken: stop what has it\n"]);
  });

  it("prints the stack of an unexpected failure", async () => {
    const { process, lines } = fakeProcess();
    await run(() => Promise.reject(new TypeError("x is not a function")), { process });
    expect(lines.join("")).toMatch(/TypeError: x is not a function\n\s+at /);
  });

  it("prints both failures when closing fails as well", async () => {
    const { process, lines } = fakeProcess();
    const main = () => Promise.reject(new SuppressedError(new ExpectedError("second"), new ExpectedError("first")));
    await run(main, { process });
    expect(lines).toEqual(["second\nfirst\n"]);
  });

  it("ends a program by force when something keeps it alive", async () => {
    vi.useFakeTimers();
    try {
      const { process, lines, exit } = fakeProcess();
      await run(() => Promise.resolve(), { process, lingerMs: 100 });
      vi.advanceTimersByTime(99);
      expect(exit).not.toHaveBeenCalled();
      vi.advanceTimersByTime(1);
      expect(exit).toHaveBeenCalledWith(1);
      expect(lines).toEqual(["something was left open: ended by force after 100 ms\n"]);
    } finally {
      vi.useRealTimers();
    }
  });

  it("ends by a signal that nobody waits for, where it is process 1 and the kernel would not", async () => {
    const { process, exit, signals } = fakeProcess(1);
    const waiting = Promise.withResolvers<void>();
    const ended = run(() => waiting.promise, { process });
    const asked = (): void => undefined;
    signals.on("SIGTERM", asked).emit("SIGTERM");
    expect(exit).not.toHaveBeenCalled();
    signals.off("SIGTERM", asked).emit("SIGTERM");
    expect(exit).toHaveBeenCalledWith(143);
    waiting.resolve();
    await ended;
  });

  it("leaves signals to the system elsewhere", async () => {
    const { process, signals } = fakeProcess();
    await run(() => Promise.resolve(), { process });
    expect(signals.eventNames()).toEqual([]);
  });
});
