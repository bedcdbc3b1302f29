import { type StdioOptions, spawn } from "node:child_process";
import type { Readable } from "node:stream";
import { once } from "node:events";
import { SetupError, messageOf } from "../setup-error.ts";
import { startLeash } from "./leash.ts";

export interface ProgramOptions {
  /** What Node runs, relative to the folder, with Node's own flags before it. */
  readonly args: readonly string[];
  readonly folder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdio: "inherit" | "pipe";
  /** How long it may take to end after SIGTERM before its whole process group is killed. */
  readonly patienceSeconds: number;
}

/** A Node program that runs in a process group of its own, so that Ctrl-C reaches only us and the order of the end is ours. */
export interface Program {
  readonly pid: number;
  /** What it prints, where its output is piped. */
  readonly outputs: readonly Readable[];
  readonly ended: Promise<ProgramEnd>;
  /** Sends SIGTERM, kills it when that was not enough, and tells which of the two it was. */
  stop(): Promise<"stopped" | "killed">;
}

export interface ProgramEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** Starts a program with this process's own Node. It ends after this process at the latest, whatever kills that. */
export async function startProgram(options: ProgramOptions): Promise<Program> {
  const leash = startLeash({ signal: "TERM", wholeGroup: true, patienceSeconds: options.patienceSeconds });
  const stdio: StdioOptions = options.stdio === "inherit" ? "inherit" : ["ignore", "pipe", "pipe"];
  const child = spawn(process.execPath, options.args, { cwd: options.folder, env: options.env, detached: true, stdio });
  const { pid } = child;
  if (pid === undefined) {
    leash.release();
    const [error] = await once(child, "error");
    throw new SetupError(`${options.folder} cannot be started: ${messageOf(error)}`);
  }
  leash.hold(pid);
  const ended = new Promise<ProgramEnd>((resolve) => {
    child.once("exit", (code, signal) => {
      leash.release();
      resolve({ code, signal });
    });
  });
  return {
    pid,
    outputs: [child.stdout, child.stderr].filter((stream) => stream !== null),
    ended,
    async stop() {
      let result: "stopped" | "killed" = "stopped";
      child.kill("SIGTERM");
      const killer = setTimeout(() => {
        result = "killed";
        process.kill(-pid, "SIGKILL");
      }, options.patienceSeconds * 1000);
      await ended;
      clearTimeout(killer);
      return result;
    },
  };
}
