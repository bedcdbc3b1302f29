import { setTimeout as sleep } from "node:timers/promises";

/**
 * Does `work` again and again until it is disposed: first after `everyMs`, then `everyMs` after each end, with up to
 * 10 % of jitter, so that instances started together drift apart. A failure is told to `onFailure` and ends nothing.
 *
 * Disposing it aborts the signal that `work` was given and waits for the work under way.
 */
export function repeat(
  work: (signal: AbortSignal) => Promise<unknown>,
  options: { readonly everyMs: number; readonly onFailure: (error: unknown) => void },
): AsyncDisposable {
  const stopping = new AbortController();
  const { signal } = stopping;
  const loop = async (): Promise<void> => {
    for (;;) {
      await sleep(options.everyMs * (1 + Math.random() / 10), undefined, { ref: false, signal }).catch(() => undefined);
      if (signal.aborted) return;
      try {
        await work(signal);
      } catch (error) {
        if (!signal.aborted) options.onFailure(error);
      }
    }
  };
  const ended = loop();
  return {
    async [Symbol.asyncDispose]() {
      stopping.abort();
      await ended;
    },
  };
}
