/** How waits grow from one retry to the next; the names are gRPC's. */
export interface Backoff {
  readonly initialBackoffMs: number;
  readonly maxBackoffMs: number;
  readonly backoffMultiplier: number;
}

/**
 * The wait before a retry, in milliseconds: by lot in [0, min(initial x multiplier^(retry - 1), max)). Full jitter: calls
 * that failed together do not come back together.
 *
 * @param retry 1 for the first
 * @param random in [0, 1)
 * @see https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export function backoffMs(backoff: Backoff, retry: number, random: number): number {
  const { initialBackoffMs, maxBackoffMs, backoffMultiplier } = backoff;
  return random * Math.min(maxBackoffMs, initialBackoffMs * backoffMultiplier ** (retry - 1));
}
