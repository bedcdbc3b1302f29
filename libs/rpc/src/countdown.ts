/** How much of a time is left, in whole milliseconds, as gRPC sends them; undefined for a call without a deadline. */
export function countdown(timeoutMs: number | undefined): () => number | undefined {
  if (timeoutMs === undefined || timeoutMs <= 0) return () => undefined;
  const end = performance.now() + timeoutMs;
  return () => Math.ceil(end - performance.now());
}
