import { setTimeout as sleep } from "node:timers/promises";

/**
 * Repeats `check` every 25 ms until it does not throw, and answers what it answers.
 *
 * @param withinMs default 10000; after it, the last error is thrown
 */
export async function eventually<T>(check: () => Promise<T> | T, withinMs = 10_000): Promise<T> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (performance.now() >= deadline) throw error;
    }
    await sleep(25);
  }
}

/**
 * Waits for `promise`, and no longer than `withinMs`.
 *
 * @throws {Error} `timed out after … ms: <what>`
 */
export async function within<T>(what: string, withinMs: number, promise: Promise<T>): Promise<T> {
  const waiting = new AbortController();
  const { signal } = waiting;
  const timeout = sleep(withinMs, undefined, { signal }).then(() => {
    throw new Error(`timed out after ${withinMs} ms: ${what}`);
  });
  try {
    return await Promise.race([promise, timeout]);
  } finally {
    waiting.abort();
    timeout.catch(() => undefined); // aborted, or lost the race that it has decided
  }
}
