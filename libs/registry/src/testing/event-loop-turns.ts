/** Measures for how long this thread's event loop is kept from its timers. */
export interface EventLoopTurns extends Disposable {
  /** The longest so far, the present one included, in milliseconds. */
  readonly longestMs: number;
}

const sampleMs = 10;

/**
 * Measures the delay of a timer in CPU time of this thread: what `monitorEventLoopDelay` of perf_hooks tells by the
 * clock, without the delays that other programs on a busy machine bring about.
 */
export function measureTurns(): EventLoopTurns {
  let before = process.threadCpuUsage();
  let longestMs = 0;
  const sample = (): number => {
    const { user, system } = process.threadCpuUsage(before);
    return Math.max(longestMs, (user + system) / 1000);
  };
  const timer = setInterval(() => {
    longestMs = sample();
    before = process.threadCpuUsage();
  }, sampleMs);
  return {
    get longestMs() {
      return sample();
    },
    [Symbol.dispose]: () => clearInterval(timer),
  };
}
