/** The upper ends of the buckets, in milliseconds: half an octave each. What is slower is in a last one. */
export const latencyBoundsMs: readonly number[] = [
  0.5, 0.7, 1, 1.4, 2, 2.8, 4, 5.6, 8, 11, 16, 22, 32, 45, 64, 90, 128, 180, 256, 360, 512, 720, 1024, 1440, 2048, 4096,
  8192,
];

/** How many calls ended in each bucket: one number for each of {@link latencyBoundsMs}, and one for what is slower. */
export type LatencyCounts = readonly number[];

export const latencyBuckets = latencyBoundsMs.length + 1;

/** @param ms how long a call took; at an upper end it is in that bucket */
export function latencyBucketOf(ms: number): number {
  const index = latencyBoundsMs.findIndex((bound) => ms <= bound);
  return index < 0 ? latencyBoundsMs.length : index;
}

/** The counts of several processes, or moments, as one. */
export function mergeLatencies(...all: readonly LatencyCounts[]): LatencyCounts {
  return Array.from({ length: latencyBuckets }, (_, bucket) =>
    all.reduce((sum, counts) => sum + (counts[bucket] ?? 0), 0),
  );
}

/**
 * The upper end of the bucket in which the part `q` of the calls has ended, in milliseconds; Infinity for the last one,
 * undefined where there are none.
 *
 * @param q in (0, 1]
 */
export function latencyQuantileMs(counts: LatencyCounts, q: number): number | undefined {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) return undefined;
  let below = 0;
  for (const [bucket, count] of counts.entries()) {
    below += count;
    if (below >= q * total) return latencyBoundsMs[bucket] ?? Infinity;
  }
  return Infinity;
}

/** How many calls took longer than `boundMs`, which is one of {@link latencyBoundsMs}, or Infinity. */
export function slowerThan(counts: LatencyCounts, boundMs: number): number {
  const bucket = boundMs === Infinity ? latencyBoundsMs.length : latencyBoundsMs.indexOf(boundMs);
  if (bucket < 0) throw new RangeError(`boundMs: expected the upper end of a bucket, got ${boundMs}`);
  return counts.slice(bucket + 1).reduce((sum, count) => sum + count, 0);
}
