import { chanceFactor, leastDifference, spreadFactor, spreadMinimum } from "../defaults.ts";

/** How many calls to one instance succeeded, of how many, within one interval. */
export interface CallCount {
  readonly successes: number;
  readonly calls: number;
}

/**
 * Which of the instances succeed so much less often than the others that they are outliers.
 *
 * From five instances on it is gRFC A50's rule: a rate below the mean less 1.9 standard deviations of all rates. Of fewer,
 * no rate can be that far from a mean that it is part of (of n at most √(n - 1) deviations), so there each is held against
 * all calls to the others, and may be three deviations of chance below: those that as many calls would show by luck if the
 * instance were as good as the others. In both cases less than ten points of difference are forgiven, and
 * a bad one may hide a second for as long as it is not ejected itself.
 *
 * @param counts of instances with enough calls to have a rate
 * @returns the indices of the outliers, the worst first
 * @see https://github.com/grpc/proposal/blob/master/A50-xds-outlier-detection.md
 */
export function successRateOutliers(counts: readonly CallCount[]): number[] {
  if (counts.length < 2) return [];
  const rates = counts.map(({ successes, calls }) => successes / calls);
  const threshold = counts.length < spreadMinimum ? byChance(counts) : bySpread(rates);
  return rates
    .map((rate, index) => ({ rate, index }))
    .filter(({ rate, index }) => rate < threshold(index))
    .toSorted((a, b) => a.rate - b.rate)
    .map(({ index }) => index);
}

function bySpread(rates: readonly number[]): () => number {
  const mean = rates.reduce((sum, rate) => sum + rate, 0) / rates.length;
  const variance = rates.reduce((sum, rate) => sum + (rate - mean) ** 2, 0) / rates.length;
  const threshold = mean - Math.max(leastDifference, spreadFactor * Math.sqrt(variance));
  return () => threshold;
}

function byChance(counts: readonly CallCount[]): (index: number) => number {
  return (index) => {
    const others = counts.filter((_, other) => other !== index);
    const rate = sumOf(others, "successes") / sumOf(others, "calls");
    const deviation = Math.sqrt((rate * (1 - rate)) / (counts[index]?.calls ?? 1));
    return rate - Math.max(leastDifference, chanceFactor * deviation);
  };
}

function sumOf(counts: readonly CallCount[], field: keyof CallCount): number {
  return counts.reduce((sum, count) => sum + count[field], 0);
}
