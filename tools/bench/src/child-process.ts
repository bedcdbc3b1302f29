import { fork } from "node:child_process";
import { once } from "node:events";
import type { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import type { z } from "zod";

/** A process of a bench. Disposal disconnects it, upon which it is to end; after 5 seconds it is killed. */
export interface Child extends AsyncDisposable {
  readonly stdout: Readable;
  send(message: object): void;
  /**
   * The next of its messages.
   *
   * @throws when it does not come within `timeoutMs`, is of another shape, or the process has ended
   */
  next<T>(schema: z.ZodType<T>, timeoutMs: number): Promise<T>;
}

const endMs = 5000;

/** Starts the module `file`, which finds `task` as JSON in its first argument; what it prints as errors is ours. */
export function startChild(file: URL, task: object, nodeFlags: readonly string[] = []): Child {
  const child = fork(file, [JSON.stringify(task)], {
    execArgv: [...nodeFlags],
    stdio: ["ignore", "pipe", "inherit", "ipc"],
    serialization: "advanced",
  });
  const { stdout } = child;
  if (stdout === null) throw new Error("the child's standard output is not a pipe");
  const exited = once(child, "exit");
  const messages: unknown[] = [];
  let news = Promise.withResolvers<void>();
  child.on("message", (message) => {
    messages.push(message);
    news.resolve();
  });
  const arrival = async (timeoutMs: number): Promise<void> => {
    using late = expiry(timeoutMs);
    const ended = exited.then(([code, signal]) => {
      throw new Error(`a process of the bench has ended (${String(signal ?? code)}); its errors are above`);
    });
    await Promise.race([news.promise, ended, late.promise]);
  };

  return {
    stdout,
    send: (message) => void child.send(message),

    async next(schema, timeoutMs) {
      if (messages.length === 0) await arrival(timeoutMs);
      const message = messages.shift();
      if (messages.length === 0) news = Promise.withResolvers();
      return schema.parse(message);
    },

    async [Symbol.asyncDispose]() {
      if (child.connected) child.disconnect();
      const waiting = new AbortController();
      const late = sleep(endMs, undefined, { signal: waiting.signal }).then(() => child.kill("SIGKILL"));
      late.catch(() => undefined); // given up below
      await exited;
      waiting.abort();
    },
  };
}

/** A promise that rejects after `timeoutMs`, unless it is disposed of before. */
function expiry(timeoutMs: number): Disposable & { readonly promise: Promise<never> } {
  const { promise, reject } = Promise.withResolvers<never>();
  const error = new Error(`a process of the bench said nothing for ${timeoutMs / 1000} s`);
  const timer = setTimeout(() => reject(error), timeoutMs);
  return { promise, [Symbol.dispose]: () => clearTimeout(timer) };
}
