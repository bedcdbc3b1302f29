import { AsyncLocalStorage } from "node:async_hooks";

/** What every piece of work done for one call may ask about it, without anyone passing it on. */
export interface CallContext {
  /**
   * The correlation id: 1 to 128 of `A-Z a-z 0-9 . _ -`. The same on every hop of a call, and on every log line written
   * for it.
   */
  readonly requestId: string;
  /** When the caller stops waiting, by `performance.now()`; none for a caller that waits for ever. */
  readonly deadline?: number;
  /** Aborted when the call is over: answered, given up by its caller, or beyond its deadline. */
  readonly signal?: AbortSignal;
  /** How often somebody up the chain had tried before this attempt; default 0. Work for such a call is not tried again. */
  readonly previousAttempts?: number;
}

const storage = new AsyncLocalStorage<CallContext>();

/** The call that is being worked on here; undefined outside of one (at start, in a timer). */
export function currentCall(): CallContext | undefined {
  return storage.getStore();
}

/** Runs `work`, and all that it starts, as part of a call. */
export function runCall<T>(context: CallContext, work: () => T): T {
  return storage.run(context, work);
}
