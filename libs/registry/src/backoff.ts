/** The bounds of a pause before something is tried again, in milliseconds. */
export const backoffBounds = { minMs: 100, maxMs: 2000 };

/**
 * Full jitter: a pause drawn evenly from [100 ms, limit), where the limit starts at 200 ms and doubles with each
 * failure up to 2 s, so that a fleet that lost etcd together does not come back in step.
 *
 * @param failures failures in a row before this one, from 0
 * @param random a number in [0, 1)
 */
export function backoffMs(failures: number, random: number): number {
  const { minMs, maxMs } = backoffBounds;
  const limitMs = Math.min(maxMs, minMs * 2 ** (failures + 1));
  return minMs + random * (limitMs - minMs);
}
