/** Where a command writes: a terminal, a file or a pipe. */
export interface Screen {
  readonly isTTY?: boolean | undefined;
  /** How many characters fit in a line of a terminal. */
  readonly columns?: number | undefined;
  /** How many lines a terminal shows. */
  readonly rows?: number | undefined;
  write(text: string): unknown;
}

/** What a command sees of the process that it runs in; handed in by tests. */
export interface Terminal {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: Screen;
  readonly stderr: Screen;
  /** Lets Ctrl-C and SIGTERM abort a signal instead of ending the process; the second one ends it. */
  interruption(): Interruption;
}

/** Disposal leaves the system's signals to themselves again. */
export interface Interruption extends Disposable {
  /** Aborted by Ctrl-C, by SIGTERM, and when nobody reads stdout any more. */
  readonly signal: AbortSignal;
}

export function processTerminal(process: NodeJS.Process): Terminal {
  const unread = new AbortController();
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    unread.abort(); // as with `banyan … | head -1`
  });
  return {
    env: process.env,
    stdout: process.stdout,
    stderr: process.stderr,
    interruption() {
      const stopped = new AbortController();
      const leave = (): void => void process.off("SIGINT", stop).off("SIGTERM", stop);
      const stop = (): void => {
        leave();
        stopped.abort();
      };
      process.on("SIGINT", stop).on("SIGTERM", stop);
      return { signal: AbortSignal.any([stopped.signal, unread.signal]), [Symbol.dispose]: leave };
    },
  };
}
