import { ExpectedError } from "./expected-error.ts";

/** What `run` uses of the process; handed in by its tests. */
export interface ProcessSeam {
  exitCode?: string | number | null | undefined;
  readonly stderr: { write(text: string): unknown };
  exit(code?: number): unknown;
}

/**
 * Runs a program to its end and sets the exit code: 0, or 1 after a failure. An `ExpectedError` is printed as its
 * message alone, anything else with its stack.
 *
 * A program whose `main` has ended but that something still keeps alive (a socket that nobody closed) is ended by
 * force after `lingerMs`, with exit code 1 and a line that says so: this timer is the only caller of `exit`.
 *
 * @param options.lingerMs default 5000
 */
export async function run(
  main: () => Promise<void>,
  options: { readonly lingerMs?: number; readonly process?: ProcessSeam } = {},
): Promise<void> {
  const { lingerMs = 5000, process = globalThis.process } = options;
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

function describeFailure(error: unknown): string {
  if (error instanceof SuppressedError) return `${describeFailure(error.error)}\n${describeFailure(error.suppressed)}`;
  if (error instanceof ExpectedError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
