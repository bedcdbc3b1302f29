import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { z } from "zod";
import { within } from "../within.ts";

/** One call of the program, see go/resolver/main.go. */
const call = z.object({ peer: z.string(), email: z.string(), error: z.string().default("") });
export type Call = z.infer<typeof call>;

/** A program that calls again and again. Disposal ends it. */
export interface CallStream extends AsyncDisposable {
  /** All calls so far. */
  readonly calls: readonly Call[];
  /** Waits for the next `count` calls, or for the next one that `isWanted`, 15 s at most. */
  next(count: number): Promise<readonly Call[]>;
  until(what: string, isWanted: (call: Call) => boolean): Promise<void>;
}

const callsMs = 15_000;
const endMs = 10_000;

/** Starts the program; what it says as errors is ours. */
export function openCallStream(program: string, args: readonly string[]): CallStream {
  const child = spawn(program, args, { stdio: ["pipe", "pipe", "inherit"] });
  const exited = once(child, "exit");
  const ended = exited.then(() => Promise.reject(new Error("the program has ended; its errors are above")));
  ended.catch(() => undefined); // nobody may be waiting when it ends
  const calls: Call[] = [];
  let news = Promise.withResolvers<void>();
  createInterface(child.stdout).on("line", (line) => {
    calls.push(call.parse(JSON.parse(line)));
    news.resolve();
    news = Promise.withResolvers();
  });
  const wait = async (what: string, isDone: () => boolean): Promise<void> => {
    const done = async (): Promise<void> => {
      while (!isDone()) await Promise.race([news.promise, ended]);
    };
    await within(callsMs, what, done());
  };

  return {
    calls,
    async next(count) {
      const from = calls.length;
      await wait(`${count} calls`, () => calls.length >= from + count);
      return calls.slice(from, from + count);
    },
    async until(what, isWanted) {
      const from = calls.length;
      await wait(what, () => calls.slice(from).some(isWanted));
    },
    async [Symbol.asyncDispose]() {
      child.stdin.end();
      await within(endMs, "the program's end", exited).finally(() => child.kill("SIGKILL"));
    },
  };
}
