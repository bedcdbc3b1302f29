import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import type { z } from "zod";
import { pinned } from "./cores.ts";

export interface ProgramCommand {
  /** The program and its arguments before the task. */
  readonly command: readonly string[];
  readonly task: object;
  /** The processor it is pinned to. */
  readonly core: number | undefined;
}

/** A server or client of the bench. Disposal closes its standard input, which ends it; after 5 s it is killed. */
export interface Program extends AsyncDisposable {
  readonly pid: number;
  /** The next of its answers. @throws when it is of another shape, does not come in time, or the program has ended */
  next<T>(schema: z.ZodType<T>, timeoutMs: number): Promise<T>;
  /** Says a line, and waits for the answer to it. */
  ask<T>(line: string, schema: z.ZodType<T>, timeoutMs: number): Promise<T>;
}

const endMs = 5000;

/** Starts a program, in a process group of its own, so that Ctrl-C reaches only us and the order of the end is ours. */
export function startProgram({ command, task, core }: ProgramCommand): Program {
  const [file = "", ...args] = pinned(core, [...command, JSON.stringify(task)]);
  const child = spawn(file, args, { stdio: ["pipe", "ignore", "inherit", "pipe"], detached: true });
  const { pid, stdin } = child;
  const answers = child.stdio[3];
  const exited = once(child, "exit");
  exited.catch(() => undefined); // told below
  if (pid === undefined || stdin === null || !isReadable(answers)) throw new Error(`${file} cannot be started`);
  stdin.on("error", () => undefined); // that it has ended is told below
  const lines = createInterface({ input: answers })[Symbol.asyncIterator]();

  const next: Program["next"] = async (schema, timeoutMs) => {
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(() => {
      late.reject(new Error(`${command.join(" ")} said nothing for ${timeoutMs / 1000} s`));
    }, timeoutMs);
    try {
      const { value, done } = await Promise.race([lines.next(), late.promise]);
      if (done === true) throw new Error(`${command.join(" ")} has ended; its errors are above`);
      return schema.parse(JSON.parse(value));
    } finally {
      clearTimeout(timer);
    }
  };
  return {
    pid,
    next,
    ask(line, schema, timeoutMs) {
      stdin.write(`${line}\n`);
      return next(schema, timeoutMs);
    },
    async [Symbol.asyncDispose]() {
      stdin.end();
      const killer = setTimeout(() => child.kill("SIGKILL"), endMs);
      if (child.exitCode === null && child.signalCode === null) await exited;
      clearTimeout(killer);
    },
  };
}

function isReadable(stream: unknown): stream is Readable {
  return typeof stream === "object" && stream !== null && "read" in stream;
}
