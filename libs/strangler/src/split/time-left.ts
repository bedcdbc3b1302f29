import { currentCall } from "@banyan/telemetry";

/**
 * What is left of a call's time, in whole milliseconds, as the next transport takes it: `undefined` and 0 stay what they are,
 * which is the transport's own default and no limit.
 */
export function timeLeft(timeoutMs: number | undefined, startedAt: number): number | undefined {
  if (timeoutMs === undefined || timeoutMs <= 0) return timeoutMs;
  return Math.max(1, Math.ceil(startedAt + timeoutMs - performance.now()));
}

/** How much earlier than asked for a timer of Node may fire: both ends of its wait are cut to whole milliseconds. */
const timerGranularityMs = 1;

/** Whether a call that began at `startedAt` has time for another attempt: more than the timer that ended it may have left. */
export function hasTime(timeoutMs: number | undefined, startedAt: number, signal: AbortSignal | undefined): boolean {
  if (signal?.aborted === true) return false;
  const endsAt = timeoutMs === undefined || timeoutMs <= 0 ? Infinity : startedAt + timeoutMs;
  return performance.now() + timerGranularityMs < Math.min(endsAt, currentCall()?.deadline ?? Infinity);
}

/** How long a caller can wait, by its own time and that of the call being worked on; Infinity for one without a limit. */
export function patienceMs(timeoutMs: number | undefined): number {
  const own = timeoutMs === undefined || timeoutMs <= 0 ? Infinity : timeoutMs;
  const { deadline = Infinity } = currentCall() ?? {};
  return Math.max(0, Math.min(own, deadline - performance.now()));
}
