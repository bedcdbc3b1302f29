import { setTimeout as sleep } from "node:timers/promises";
import { isFrozen } from "./process-table.ts";
import type { ServerProcess } from "./server-process.ts";

/** A running server of this package. Disposal stops it, and removes its data where the data is throwaway. */
export interface Server extends AsyncDisposable {
  /** The version it reports, as `3.5.16` or `18.4`. */
  readonly version: string;
  /** The id of its main process; another one after restart(). */
  readonly pid: number;
  /** Resolves when the process that runs now has ended, for whatever reason, with a few words: `SIGKILL`. */
  readonly ended: Promise<string>;
  /**
   * Sends a signal to its main process. SIGSTOP freezes it, all its threads once the promise has resolved, and
   * SIGCONT wakes it; with any other signal the promise resolves only when the process has ended.
   */
  kill(signal: NodeJS.Signals): Promise<void>;
  /** Stops it in good order if it runs; data stays, and restart() brings it back. */
  stop(): Promise<void>;
  /** Stops it if it runs, and starts it at the same address on the same data. */
  restart(): Promise<void>;
}

/**
 * Makes a Server out of what starts one process of it.
 *
 * @param launch starts the process and resolves when it is ready; called again by restart()
 * @param release gives back, after the last process has ended, what they shared
 */
export async function superviseServer(
  launch: () => Promise<{ readonly server: ServerProcess; readonly version: string }>,
  release: () => Promise<void>,
): Promise<Server> {
  let current = await launch().catch(async (error: unknown) => {
    await release();
    throw error;
  });
  let released = false;

  const stop = async (): Promise<void> => {
    if (!current.server.hasEnded) await current.server.stop();
  };
  return {
    get version() {
      return current.version;
    },
    get pid() {
      return current.server.pid;
    },
    get ended() {
      return current.server.ended;
    },
    async kill(signal) {
      current.server.kill(signal);
      if (signal === "SIGSTOP") await untilFrozen(current.server.pid);
      if (signal !== "SIGSTOP" && signal !== "SIGCONT") await current.server.ended;
    },
    stop,
    async restart() {
      await stop();
      current = await launch();
    },
    async [Symbol.asyncDispose]() {
      await stop();
      if (released) return;
      released = true;
      await release();
    },
  };
}

const freezeMs = 2000;

/** Waits until a process that was sent SIGSTOP does nothing any more, for 2 s at most. */
async function untilFrozen(pid: number): Promise<void> {
  for (const deadline = performance.now() + freezeMs; performance.now() < deadline && !(await isFrozen(pid));) {
    await sleep(5);
  }
}
