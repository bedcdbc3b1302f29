import { checked, numberIn } from "./bound.ts";
import { defaultDeadline } from "./defaults.ts";

/** What a policy says of the time that a call may take. */
export interface TimeoutPolicy {
  /** For callers that set none, in milliseconds. */
  readonly timeoutMs: number;
  /** Longest that any caller gets, in milliseconds; Infinity where no policy speaks of the method. */
  readonly timeoutLimitMs: number;
}

/** What is kept back of a caller's time, so that an answer can still reach it. */
export interface Margin {
  /** At most so many milliseconds, in [0, 10000]. Default 20. */
  readonly marginMs: number;
  /** And at most this part of what is left, in [0, 0.5]. Default 0.1. */
  readonly marginRatio: number;
}

/** @throws {RangeError} naming field, rule and value */
export function createMargin(options: Partial<Margin> = {}): Margin {
  const { marginMs, marginRatio } = { ...defaultDeadline, ...options };
  return {
    marginMs: checked("marginMs", numberIn(0, 10_000), marginMs),
    marginRatio: checked("marginRatio", numberIn(0, 0.5), marginRatio),
  };
}

/**
 * When a call is over, by the clock that `now` was read from; Infinity for a call without a deadline. It is the earliest of
 * what the calling code asked for, what the policy allows, and what is left to the call that is being worked on, less the
 * margin.
 *
 * @param timeoutMs what the calling code asked for; undefined for the policy's, 0 or less for none
 * @param inherited the deadline of the call that is being worked on, by the same clock; undefined for none
 */
export function deadlineOf(
  now: number,
  timeoutMs: number | undefined,
  policy: TimeoutPolicy,
  inherited?: number,
  margin: Margin = defaultDeadline,
): number {
  const asked = timeoutMs === undefined ? policy.timeoutMs : timeoutMs > 0 ? timeoutMs : Infinity;
  const own = now + Math.min(asked, policy.timeoutLimitMs);
  return inherited === undefined ? own : Math.min(own, inherited - marginOf(inherited - now, margin));
}

function marginOf(leftMs: number, { marginMs, marginRatio }: Margin): number {
  return leftMs === Infinity ? 0 : Math.max(0, Math.min(marginMs, leftMs * marginRatio));
}

/**
 * How much is left, in whole milliseconds rounded up, as gRPC sends it: at 0 nothing may be sent any more.
 *
 * @param deadline as `deadlineOf` returns it; Infinity stays Infinity
 */
export function remainingMs(deadline: number, now: number): number {
  return Math.max(0, Math.ceil(deadline - now));
}

/**
 * How long one attempt may take, in milliseconds. The last one has all that is left. An earlier one is cut at
 * `perAttemptRecvTimeout` where the policy has it; else at an even share of what is left, but only once it is known how long
 * the method takes, and never sooner than three times what its slowest calls take: a method that is slow by nature
 * must not be cut off and begun again.
 *
 * @param attemptsLeft how many the policy allows still, this one included; 1 where the call must not be tried again
 * @param slowMs what the slowest in a hundred take (`LatencyTracker`); undefined while it is not known
 */
export function attemptTimeoutMs(
  leftMs: number,
  attemptsLeft: number,
  perAttemptMs: number | undefined,
  slowMs: number | undefined,
): number {
  if (attemptsLeft <= 1) return leftMs;
  if (perAttemptMs !== undefined) return Math.min(leftMs, perAttemptMs);
  if (slowMs === undefined) return leftMs;
  return Math.min(leftMs, Math.max(leftMs / attemptsLeft, slowMs * defaultDeadline.slowFactor));
}
