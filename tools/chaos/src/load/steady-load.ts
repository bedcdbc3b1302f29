import { setTimeout as sleep } from "node:timers/promises";
import { makeCall, rotation, type CallEnd, type Deed } from "./call-end.ts";

/** Calls at a rate that does not depend on how they fare, as those of many callers. Disposal ends it, and awaits the last. */
export interface SteadyLoad extends AsyncDisposable {
  /** Calls a second from now on. */
  setRate(perSecond: number): void;
}

export interface SteadyLoadOptions {
  readonly deeds: readonly Deed[];
  /** Calls a second. */
  readonly rate: number;
  /** Gets each call when it has ended. */
  readonly onEnd: (end: CallEnd) => void;
}

const tickMs = 5;
/** After a pause of this process, what it has missed is made up for no further than this. */
const mostDueMs = 100;
/** A call has a deadline of a few seconds. */
const lastEndsMs = 15_000;

export function startSteadyLoad({ deeds, rate, onEnd }: SteadyLoadOptions): SteadyLoad {
  const pending = new Set<Promise<void>>();
  const next = rotation(deeds);
  let perMs = rate / 1000;
  let due = 0;
  let lastAt = performance.now();

  const call = async (): Promise<void> => onEnd(await makeCall(next.next().value));
  const send = (): void => {
    const sent = call().finally(() => pending.delete(sent));
    pending.add(sent);
  };
  const timer = setInterval(() => {
    const now = performance.now();
    due += Math.min(now - lastAt, mostDueMs) * perMs;
    lastAt = now;
    for (; due >= 1; due--) send();
  }, tickMs);
  return {
    setRate(perSecond) {
      perMs = perSecond / 1000;
    },
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      const ended = new AbortController();
      const bound = sleep(lastEndsMs, "late", { signal: ended.signal });
      const outcome = await Promise.race([Promise.all(pending), bound]);
      ended.abort();
      bound.catch(() => undefined); // aborted
      if (outcome === "late") throw new Error(`${pending.size} calls have not ended within ${lastEndsMs} ms`);
    },
  };
}
