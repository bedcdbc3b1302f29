import { constants } from "node:os";
import { ExpectedError } from "./expected-error.ts";

/** What `run` uses of the process; handed in by its tests. */
export interface ProcessSeam {
  exitCode?: string | number | null | undefined;
  readonly stderr: { write(text: string): unknown };
  exit(code?: number): unknown;
  readonly pid: number;
  on(signal: "SIGINT" | "SIGTERM", listener: () => void): unknown;
  listenerCount(signal: "SIGINT" | "SIGTERM"): number;
}

/**
 * Runs a program to its end and sets the exit code: 0, or 1 after a failure. An `ExpectedError` is printed as its
 * message alone, anything else with its stack.
 *
 * A program whose `main` has ended but that something still keeps alive (a socket that nobody closed) is ended by
 * force after `lingerMs`, with exit code 1 and a line that says so.
 *
 * In a container, where the program is process 1, a signal that nobody has asked for (with `terminationSignal`) ends it at
 * once, as it does everywhere else.
 *
 * @param options.lingerMs default 5000
 */
export async function run(
  main: () => Promise<void>,
  options: { readonly lingerMs?: number; readonly process?: ProcessSeam } = {},
): Promise<void> {
  const { lingerMs = 5000, process = globalThis.process } = options;
  if (process.pid === 1) endBySignals(process);
  try {
    await main();
  } catch (error) {
    process.exitCode = 1;
    process.stderr.write(`${describeFailure(error)}\n`);
  }
  setTimeout(() => {
    process.stderr.write(`something was left open: ended by force after ${lingerMs} ms\n`);
    process.exit(1);
  }, lingerMs).unref();
}

/**
 * The kernel leaves out the default action of signals for process 1: a container that is stopped while it starts would
 * come up, and be killed at the end of its grace period.
 *
 * @see https://man7.org/linux/man-pages/man7/pid_namespaces.7.html
 */
function endBySignals(process: ProcessSeam): void {
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => {
      if (process.listenerCount(signal) === 1) process.exit(128 + constants.signals[signal]);
    });
  }
}

function describeFailure(error: unknown): string {
  if (error instanceof SuppressedError) return `${describeFailure(error.error)}\n${describeFailure(error.suppressed)}`;
  if (error instanceof ExpectedError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
