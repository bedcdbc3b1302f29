import type { Latencies } from "./programs/messages.ts";

/**
 * By the nearest rank: each is a value that was measured; of fewer than 1000 values p99.9 is the largest.
 *
 * @throws {RangeError} when there are none
 */
export function latenciesOf(micros: readonly number[]): Latencies {
  const sorted = Float64Array.from(micros).sort();
  const at = (share: number): number => {
    const value = sorted[Math.ceil(share * sorted.length) - 1];
    if (value === undefined) throw new RangeError("no values: nothing was measured");
    return value;
  };
  return { p50: at(0.5), p99: at(0.99), p999: at(0.999) };
}
