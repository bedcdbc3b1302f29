import { checked, integerIn, numberIn } from "./bound.ts";
import { defaultConcurrency } from "./defaults.ts";

export interface ConcurrencyLimitOptions {
  /** A whole number in [minLimit, maxLimit]. Default 100, or the bound that is nearest to it. */
  readonly initialLimit: number;
  /** A whole number in [1, 100000]. Default 8. */
  readonly minLimit: number;
  /** A whole number in [minLimit, 100000]. Default 1000. */
  readonly maxLimit: number;
  /** How often the limit is thought over, in milliseconds, in [10, 10000]. Default 100. */
  readonly windowMs: number;
  /** Calls that a window must have seen end, a whole number in [1, 10000]. Default 16. */
  readonly minSamples: number;
  /** How many times as long as without a queue calls may take, in [1.1, 10]. Default 1.5. */
  readonly tolerance: number;
  /** How often the time without a queue is looked for while the limit limits, in milliseconds, in [1000, 600000]. Default 5000. */
  readonly probeEveryMs: number;
  /** Mean delay of the event loop beyond which the limit shrinks, in milliseconds, in [1, 10000]. Default 50. */
  readonly eventLoopDelayMs: number;
}

/** @throws {RangeError} naming field, rule and value */
export function concurrencyOptions(options: Partial<ConcurrencyLimitOptions>): ConcurrencyLimitOptions {
  const { minLimit, maxLimit, windowMs, minSamples, tolerance, probeEveryMs, eventLoopDelayMs } = {
    ...defaultConcurrency,
    ...options,
  };
  checked("minLimit", integerIn(1, 100_000), minLimit);
  checked("maxLimit", integerIn(minLimit, 100_000), maxLimit);
  const initialLimit = options.initialLimit ?? Math.min(maxLimit, Math.max(minLimit, defaultConcurrency.initialLimit));
  return {
    minLimit,
    maxLimit,
    initialLimit: checked("initialLimit", integerIn(minLimit, maxLimit), initialLimit),
    windowMs: checked("windowMs", numberIn(10, 10_000), windowMs),
    minSamples: checked("minSamples", integerIn(1, 10_000), minSamples),
    tolerance: checked("tolerance", numberIn(1.1, 10), tolerance),
    probeEveryMs: checked("probeEveryMs", numberIn(1000, 600_000), probeEveryMs),
    eventLoopDelayMs: checked("eventLoopDelayMs", numberIn(1, 10_000), eventLoopDelayMs),
  };
}
