import { spawn } from "node:child_process";
import { join } from "node:path";

const script = join(import.meta.dirname, "leash.sh");

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
  /** A folder to remove once the orphan has ended. */
  readonly removeFolder?: string | undefined;
}

/**
 * Starts a small shell (leash.sh) that outlives this process and ends what this process leaves behind.
 *
 * It holds the reading end of a pipe of which this process has the only writing end, so the kernel itself brings the
 * news. It runs in a session of its own, out of reach of Ctrl-C.
 */
export function startLeash(options: LeashOptions): Leash {
  const tries = String((options.patienceSeconds ?? 5) * 10);
  const args = [options.signal, options.wholeGroup ? "-" : "", tries, options.removeFolder ?? ""];
  const shell = spawn("/bin/sh", [script, ...args], {
    cwd: "/",
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  // A shell that cannot start or is killed takes nothing with it: the next start at the same folder ends leftovers.
  shell.on("error", () => undefined);
  shell.stdin.on("error", () => undefined);
  shell.unref();
  return {
    hold: (pid) => void shell.stdin.write(`${pid}\n`),
    release: () => void shell.stdin.end("released\n"),
  };
}
