import { setTimeout as sleep } from "node:timers/promises";
import type { ServedCall } from "./log-line.ts";

/** Remembers the calls that the services have logged, by request id. */
export interface CallBook {
  add(call: ServedCall): void;
  /**
   * Gives the calls of one request once all of `methods` are among them, or what there is after `timeoutMs`: a log
   * line comes a moment after the answer.
   */
  collect(requestId: string, methods: readonly string[], timeoutMs: number): Promise<ServedCall[]>;
}

const keptCalls = 1000;

export function createCallBook(): CallBook {
  const calls: ServedCall[] = [];
  return {
    add(call) {
      calls.push(call);
      if (calls.length > keptCalls) calls.shift();
    },
    async collect(requestId, methods, timeoutMs) {
      const deadline = Date.now() + timeoutMs;
      for (;;) {
        const found = calls.filter((call) => call.requestId === requestId);
        const isComplete = methods.every((method) => found.some((call) => call.method === method));
        if (isComplete || Date.now() >= deadline) return found;
        await sleep(20);
      }
    },
  };
}

/**
 * Draws the calls of one request as a tree: the call that came in at the top, and below it those it made, in the order
 * in which they ended, which is the order in which they were made where one waits for the other.
 */
export function formatHops(calls: readonly ServedCall[], rootMethod: string): string[] {
  const root = calls.find((call) => call.method === rootMethod);
  const made = calls.filter((call) => call !== root).toSorted((a, b) => a.endedAt - b.endedAt);
  const rows = made.map((call, index) => ({ branch: index === made.length - 1 ? "└ " : "├ ", call }));
  const all = root ? [{ branch: "", call: root }, ...rows] : rows;
  const width = Math.max(0, ...all.map(({ branch, call }) => branch.length + call.method.length));
  return all.map(({ branch, call }) => {
    const duration = `${call.durationMs.toFixed(1)} ms`.padStart(10);
    return `${(branch + call.method).padEnd(width)} ${duration}${call.code === "ok" ? "" : `  ${call.code}`}`;
  });
}
