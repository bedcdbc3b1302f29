import { constants } from "node:os";
import { ExpectedError, run } from "@banyan/service";

export interface CommandScene {
  /** Writes a line. */
  readonly print: (line: string) => void;
  /** Aborted by Ctrl-C and its like: the command is to end all that it started. */
  readonly signal: AbortSignal;
}

/** Runs one of this folder's commands. Where a signal ends it, the exit code tells which. */
export async function runCommand(command: (scene: CommandScene) => Promise<void>): Promise<void> {
  await run(async () => {
    const stopping = new AbortController();
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
      process.on(signal, () => {
        process.exitCode = 128 + constants.signals[signal];
        stopping.abort(new ExpectedError("ended before its time"));
      });
    }
    const { signal } = stopping;
    try {
      await command({ print: (line) => void process.stdout.write(`${line}\n`), signal });
    } catch (error) {
      throw signal.aborted ? signal.reason : error; // what was given up fails in words of its own
    }
  });
}
