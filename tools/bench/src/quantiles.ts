export interface Quantiles {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/**
 * By the nearest rank: each is a value that was measured, and of fewer than 100 values p99 is the largest.
 *
 * @throws {RangeError} when there are none
 */
export function quantiles(values: readonly number[]): Quantiles {
  const sorted = Float64Array.from(values).sort();
  const at = (share: number): number => {
    const value = sorted[Math.ceil(share * sorted.length) - 1];
    if (value === undefined) throw new RangeError("no values: nothing was measured");
    return value;
  };
  return { p50: at(0.5), p99: at(0.99), max: at(1) };
}
