import { monitorEventLoopDelay } from "node:perf_hooks";

/** For how long this thread's event loop was kept from its timers. Disposal ends the measuring. */
export interface Turns extends Disposable {
  /** The longest turn in CPU time of this thread, the present one included; in milliseconds. */
  readonly longestTurnMs: number;
  /** The longest delay of a timer by the clock, which other programs on a busy machine bring about too; the same unit. */
  readonly longestDelayMs: number;
}

const sampleMs = 10;

/** What blocks the loop costs CPU time of its thread, so that this is what a bound is asserted on. */
export function measureTurns(): Turns {
  const delays = monitorEventLoopDelay({ resolution: sampleMs });
  delays.enable();
  let before = process.threadCpuUsage();
  let longestTurnMs = 0;
  const sample = (): number => {
    const { user, system } = process.threadCpuUsage(before);
    return Math.max(longestTurnMs, (user + system) / 1000);
  };
  const timer = setInterval(() => {
    longestTurnMs = sample();
    before = process.threadCpuUsage();
  }, sampleMs);
  return {
    get longestTurnMs() {
      return sample();
    },
    get longestDelayMs() {
      return delays.max / 1e6;
    },
    [Symbol.dispose]() {
      clearInterval(timer);
      delays.disable();
    },
  };
}
