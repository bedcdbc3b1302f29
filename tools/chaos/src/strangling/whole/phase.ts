import type { CallEnd } from "../../load/call-end.ts";

/** A stretch of the walk: one command, or a time without any. */
export interface Phase {
  /** As it was typed, or what was waited for. */
  readonly name: string;
  /** By `performance.now()`. */
  readonly startedAt: number;
  readonly endedAt: number;
  /** What a command has said last. */
  readonly said: string;
}

/** Methods that do not write. */
const reads = /^(Get|List|Watch)/;

export interface PhaseFigures {
  readonly calls: number;
  readonly failed: number;
  /** Of the calls that began in it, in milliseconds; 0 where there were none. */
  readonly longestReadMs: number;
  readonly longestWriteMs: number;
}

export function figuresOf({ startedAt, endedAt }: Phase, ends: readonly CallEnd[]): PhaseFigures {
  const own = ends.filter((end) => end.startedAt >= startedAt && end.startedAt < endedAt);
  // Watches last as long as somebody watches.
  const longest = (isRead: boolean): number =>
    own.reduce((most, { method, tookMs }) => {
      return reads.test(method) === isRead && !method.startsWith("Watch") ? Math.max(most, tookMs) : most;
    }, 0);
  return {
    calls: own.length,
    failed: own.filter(({ failure }) => failure !== undefined).length,
    longestReadMs: longest(true),
    longestWriteMs: longest(false),
  };
}
