import type { ErrorBounds } from "./sequential-test.ts";

/** How a ramp goes, and what it takes for too bad. */
export interface RampPlan {
  /** The candidate's share of the reads, in per cent, one after the other: 1 to 20 of them, growing, in [0, 100]. */
  readonly steps: readonly number[];
  /** A step lasts at least so long, in seconds in [0, 86400]. */
  readonly minSeconds: number;
  /** One that has not seen enough after so long is the last one, in seconds in [1, 604800]. */
  readonly maxSeconds: number;
  /** So many calls are to be seen on each side that has any, at each step: an integer in [1, 1e9]. */
  readonly minCalls: number;
  /** So many of the candidate's calls must not fail, in [0.001, 50]; a tenth of it is tolerated. */
  readonly maxErrorPercent: number;
  /** So many of the answers that are compared must not differ, in [0.001, 50]; a tenth of it is tolerated. */
  readonly maxMismatchPercent: number;
  /** So many of the candidate's calls must not be slower than 99 % of the legacy's, in [2, 50]; 1 is tolerated. */
  readonly maxSlowPercent: number;
  /** By how much they may be slower, in milliseconds in [0, 10000]: a call over a network takes longer than one in memory. */
  readonly slowerByMs: number;
  /** How long the first so many calls of the candidate take is not judged: it is cold. An integer in [0, 1e9]. */
  readonly warmUpCalls: number;
}

export const defaultRampPlan: RampPlan = {
  steps: [1, 5, 25, 50, 100],
  minSeconds: 10,
  maxSeconds: 1800,
  minCalls: 200,
  maxErrorPercent: 1,
  maxMismatchPercent: 0.5,
  maxSlowPercent: 5,
  slowerByMs: 10,
  warmUpCalls: 50,
};

/** Of all guards together, over the whole ramp; of one guard and step. */
export const rampBounds: ErrorBounds = { alpha: 0.01, beta: 0.05 };

const maxSteps = 20;

const intervals = [
  { field: "minSeconds", min: 0, max: 86_400 },
  { field: "maxSeconds", min: 1, max: 604_800 },
  { field: "minCalls", min: 1, max: 1e9 },
  { field: "maxErrorPercent", min: 0.001, max: 50 },
  { field: "maxMismatchPercent", min: 0.001, max: 50 },
  { field: "maxSlowPercent", min: 2, max: 50 },
  { field: "slowerByMs", min: 0, max: 10_000 },
  { field: "warmUpCalls", min: 0, max: 1e9 },
] as const;

/** @throws {RangeError} naming the first field that is out of its bounds */
export function checkRampPlan(plan: RampPlan): RampPlan {
  const { steps } = plan;
  const growing = steps.every((step, index) => step >= 0 && step <= 100 && step > (steps[index - 1] ?? -1));
  if (steps.length === 0 || steps.length > maxSteps || !growing) {
    throw new RangeError(`steps: expected 1 to ${maxSteps} growing numbers in [0, 100], got ${steps.join(",")}`);
  }
  for (const { field, min, max } of intervals) {
    const value = plan[field];
    if (!(value >= min && value <= max)) {
      throw new RangeError(`${field}: expected a number in [${min}, ${max}], got ${value}`);
    }
  }
  for (const field of ["minCalls", "warmUpCalls"] as const) {
    if (!Number.isInteger(plan[field])) throw new RangeError(`${field}: expected an integer, got ${plan[field]}`);
  }
  if (plan.maxSeconds < plan.minSeconds) {
    throw new RangeError(`maxSeconds: expected at least minSeconds, ${plan.minSeconds}, got ${plan.maxSeconds}`);
  }
  return plan;
}
