import type { CallEnd } from "./call-end.ts";

/** What `percentile` per cent of the calls stay below, in milliseconds, those that failed included; NaN of none. */
export function percentileMs(ends: readonly CallEnd[], percentile: number): number {
  const sorted = ends.map(({ tookMs }) => tookMs).sort((a, b) => a - b);
  return sorted[Math.ceil((sorted.length * percentile) / 100) - 1] ?? Number.NaN;
}

/** The calls that began in `[from, to)`, by `performance.now()`. */
export function begunWithin(ends: readonly CallEnd[], from: number, to: number): readonly CallEnd[] {
  return ends.filter(({ startedAt }) => startedAt >= from && startedAt < to);
}

/** Calls a second that were answered in `[from, to)`. */
export function goodput(ends: readonly CallEnd[], from: number, to: number): number {
  const answered = ends.filter(({ startedAt, tookMs, failure }) => {
    const endedAt = startedAt + tookMs;
    return failure === undefined && endedAt >= from && endedAt < to;
  });
  return (answered.length * 1000) / (to - from);
}

/** The longest time in which no call was answered, in milliseconds. */
export function longestGapMs(ends: readonly CallEnd[]): number {
  const answers = ends
    .filter(({ failure }) => failure === undefined)
    .map(({ startedAt, tookMs }) => startedAt + tookMs);
  answers.sort((a, b) => a - b);
  return answers.reduce((longest, at, i) => Math.max(longest, at - (answers[i - 1] ?? at)), 0);
}

/**
 * The first moment from `since` on after which, for a whole window, what is measured is as it should be.
 *
 * @param until the end of what was measured: the last window ends no later
 * @returns how long after `since` it begins, in milliseconds; undefined when there is none
 */
export function backAfterMs(
  { since, until, windowMs }: { readonly since: number; readonly until: number; readonly windowMs: number },
  isGood: (from: number, to: number) => boolean,
): number | undefined {
  const stepMs = 100;
  for (let from = since; from + windowMs <= until; from += stepMs) {
    if (isGood(from, from + windowMs)) return from - since;
  }
  return undefined;
}
