import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { startProgram } from "@banyan/dev";

/** The commands of an operator, as the checkout has them. */
const programs = {
  banyan: join("tools", "cli", "src", "main.ts"),
  "banyan-mover": join("tools", "mover", "src", "main.ts"),
} as const;

const workspaceFolder = join(import.meta.dirname, "..", "..", "..", "..", "..");
const patienceSeconds = 30;
/** No command but `run` may take longer. */
const boundMs = 900_000;

export interface CommandLine {
  readonly program: keyof typeof programs;
  readonly args: readonly string[];
}

export interface CommandEnd {
  /** Null when it was killed. */
  readonly code: number | null;
  readonly lines: readonly string[];
}

/** A command as a process of its own. Disposal kills it. */
export interface Command extends AsyncDisposable {
  /** What it has printed. */
  readonly lines: readonly string[];
  readonly ended: Promise<CommandEnd>;
  hasEnded(): boolean;
  /** SIGKILL: it can do nothing about it. */
  kill(): void;
  /** SIGTERM, as Ctrl-C. */
  stop(): Promise<CommandEnd>;
}

export function textOf({ program, args }: CommandLine): string {
  return [program, ...args].join(" ");
}

export async function startCommand(
  { program, args }: CommandLine,
  environment: Readonly<Record<string, string>>,
): Promise<Command> {
  const process_ = await startProgram({
    args: [programs[program], ...args],
    folder: workspaceFolder,
    env: { PATH: process.env["PATH"], ...environment },
    stdio: "pipe",
    patienceSeconds,
  });
  const lines: string[] = [];
  const read = process_.outputs.map(async (output) => {
    createInterface(output).on("line", (line) => lines.push(line));
    await once(output, "close");
  });
  const ended = Promise.all([process_.ended, ...read]).then(([{ code }]) => ({ code, lines }));
  let isOver = false;
  void process_.ended.then(() => (isOver = true));
  const kill = (): void => {
    if (!isOver) process.kill(-process_.pid, "SIGKILL");
  };
  return {
    lines,
    ended,
    hasEnded: () => isOver,
    kill,
    async stop() {
      await process_.stop();
      return ended;
    },
    async [Symbol.asyncDispose]() {
      kill();
      await ended;
    },
  };
}

/** Runs a command to its end. @throws when that is another one than exit code 0, with what it has printed */
export async function perform(
  line: CommandLine,
  environment: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<CommandEnd> {
  await using command = await startCommand(line, environment);
  const end = await endOf(command, line, signal);
  if (end.code !== 0) throw new Error(`${textOf(line)} has ended with ${end.code}: ${end.lines.join("; ")}`);
  return end;
}

/** Waits for the end of a command. @throws after 15 minutes, or when `signal` is aborted */
export async function endOf(command: Command, line: CommandLine, signal: AbortSignal): Promise<CommandEnd> {
  const waiting = new AbortController();
  const late = sleep(boundMs, undefined, { signal: AbortSignal.any([waiting.signal, signal]) }).then(() => {
    throw new Error(`${textOf(line)} has not ended within ${boundMs / 1000} s: ${command.lines.slice(-3).join("; ")}`);
  });
  late.catch(() => undefined); // it is told by the race
  return Promise.race([command.ended, late]).finally(() => waiting.abort());
}
