import { once } from "node:events";

/** A signal with a timer, which is stopped by disposal. */
export interface Deadline extends Disposable {
  readonly signal: AbortSignal;
}

/** Makes a signal that is aborted after `ms`, or with `parent`. */
export function deadline(ms: number, parent: AbortSignal): Deadline {
  const due = new AbortController();
  const timer = setTimeout(() => due.abort(), ms);
  return {
    signal: AbortSignal.any([parent, due.signal]),
    [Symbol.dispose]: () => clearTimeout(timer),
  };
}

/** Waits `ms`, or until `signal` is aborted. Never rejects. */
export async function rest(ms: number, signal: AbortSignal): Promise<void> {
  using due = deadline(ms, signal);
  if (!due.signal.aborted) await once(due.signal, "abort");
}

/** Waits for `work`, but no longer than `ms`. @throws when it is not done by then; the work is not stopped */
export async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error(`not done within ${ms} ms`)), ms);
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
