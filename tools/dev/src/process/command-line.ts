import { SetupError } from "../setup-error.ts";

/**
 * Runs what a command of this package does, and turns its end into an exit code: what `main` answers, or 1 when it throws.
 *
 * A SetupError is printed as its one line; anything else is a mistake of ours and is printed with its stack.
 */
export async function runMain(main: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await main();
  } catch (error) {
    process.exitCode = 1;
    report(error);
  }
}

/** Prints what went wrong. */
export function report(error: unknown): void {
  process.stderr.write(`${describe(error)}\n`);
}

function describe(error: unknown): string {
  if (error instanceof SuppressedError) return `${describe(error.suppressed)}\n${describe(error.error)}`;
  if (error instanceof SetupError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
