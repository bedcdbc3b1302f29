import { spawn } from "node:child_process";
import { Socket } from "node:net";
import { join } from "node:path";
import type { Writable } from "node:stream";
import { SetupError } from "../setup-error.ts";

const script = join(import.meta.dirname, "leash.sh");
const usualPatienceSeconds = 5;

/** Ties a child process to the life of this one. */
export interface Leash {
  /** Says which process to end when this one dies. To be called in the same tick as its spawn. */
  hold(pid: number): void;
  /** The child has ended by itself: there is nothing to do any more. */
  release(): void;
}

export interface LeashOptions {
  /** What to send the orphan first, without the prefix SIG. */
  readonly signal: "TERM" | "QUIT";
  /** Send it to the process group that the orphan leads instead of to the orphan alone. */
  readonly wholeGroup?: boolean;
  /** How long the orphan may take to end before it is killed, by default 5. */
  readonly patienceSeconds?: number;
}

/**
 * Starts a small shell (leash.sh) that outlives this process and ends the process that this one leaves behind.
 *
 * It holds the reading end of a pipe of which this process has the only writing end, so the kernel itself brings the
 * news. It runs in a session of its own, out of reach of Ctrl-C.
 */
export function startLeash(options: LeashOptions): Leash {
  const pipe = startShell(
    options.signal,
    options.wholeGroup ? "-" : "",
    options.patienceSeconds ?? usualPatienceSeconds,
    "",
  );
  return {
    hold: (pid) => void pipe.write(`${pid}\n`),
    release: () => void pipe.end("released\n"),
  };
}

/** Has `folder` removed when this process dies; disposal takes that back. */
export function leashFolder(folder: string): Disposable {
  const pipe = startShell("TERM", "", usualPatienceSeconds, folder);
  pipe.write("0\n");
  return { [Symbol.dispose]: () => void pipe.end("released\n") };
}

function startShell(signal: string, group: string, patienceSeconds: number, folder: string): Writable {
  const shell = spawn("/bin/sh", [script, signal, group, String(patienceSeconds * 10), folder], {
    cwd: "/",
    detached: true,
    stdio: ["ignore", "ignore", "ignore", "pipe"], // not stdin, which Node closes when the shell has gone to the background
  });
  // A shell that cannot start or is killed takes nothing with it: the next start at the same folder ends leftovers.
  shell.on("error", () => undefined);
  shell.unref();
  const pipe = shell.stdio[3];
  if (!(pipe instanceof Socket)) throw new SetupError("/bin/sh cannot be started");
  pipe.on("error", () => undefined);
  pipe.unref();
  return pipe;
}
