import { AsyncLocalStorage } from "node:async_hooks";

/** What every piece of work done for one call may ask about it, without anyone passing it on. */
export interface CallContext {
  /**
   * The correlation id: 1 to 128 of `A-Z a-z 0-9 . _ -`. The same on every hop of a call, and on every log line written
   * for it.
   */
  readonly requestId: string;
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

/** The header that carries the correlation id, as proxies and other frameworks spell it. */
export const requestIdHeader = "x-request-id";

const WELL_FORMED = /^[A-Za-z0-9._-]{1,128}$/;

/** The id a caller sent, or a new one (a UUID) when it sent none or one that is not well formed. */
export function requestIdOf(header: string | null): string {
  return header !== null && WELL_FORMED.test(header) ? header : crypto.randomUUID();
}
