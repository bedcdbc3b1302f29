/**
 * Milliseconds of the system's monotonic clock: the processes of one machine read the same one, and nobody sets it.
 *
 * `performance.timeOrigin + performance.now()` will not do across processes: each keeps the wall clock's error of the
 * moment in which it started.
 */
export function nowMs(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1000 + nanoseconds / 1e6;
}
