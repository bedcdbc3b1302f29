import { setTimeout as sleep } from "node:timers/promises";
import type { CalleeProcess } from "../callee/callee-process.ts";
import type { WorkSettings } from "../callee/work.ts";
import { ttlSeconds } from "../fleet/fleet.ts";
import type { CallEnd } from "../load/call-end.ts";
import { backAfterMs, begunWithin, goodput, percentileMs } from "../load/figures.ts";
import type { SteadyLoad } from "../load/steady-load.ts";
import { inSeconds } from "../measure/seconds.ts";
import type { Proxy } from "../proxy/proxy.ts";
import type { RowLog } from "../report/row-log.ts";

export interface CallerStageOptions {
  readonly callees: readonly CalleeProcess[];
  readonly proxy: Proxy | undefined;
  readonly load: SteadyLoad;
  /** The calls that have ended; it grows. */
  readonly calls: readonly CallEnd[];
  /** What calls cost in time is held against bounds, too: the machine has nothing else to do. */
  readonly holdsTimes: boolean;
  readonly log: RowLog;
  readonly signal: AbortSignal;
}

/** What is normal: a 99th percentile of no more than so many times what it was before. */
const normalFactor = 2;
/** For so long at a time. */
const windowMs = 2000;
const goodputPart = 0.95;

/** What a fault has to its hands, and what is measured meanwhile: before it begins, until it ends, and afterwards. */
export class CallerStage {
  readonly callees: readonly CalleeProcess[];
  /** The one that is to suffer. */
  readonly victim: CalleeProcess;
  readonly load: SteadyLoad;
  readonly calls: readonly CallEnd[];
  /** Bounds that did not hold, in words. */
  readonly violations: string[] = [];
  backAfterMs: number | undefined;
  /** What was back, and what it was before and meanwhile: filled in for rows whose promise is about goodput. */
  goodput: { readonly before: number; readonly during: number; readonly after: number } | undefined;
  readonly #options: CallerStageOptions;
  readonly #steadyAt = performance.now();
  #beganAt = Number.NaN;
  #endedAt = Number.NaN;
  #overAt = Number.NaN;

  constructor(options: CallerStageOptions) {
    const [victim] = options.callees;
    if (victim === undefined) throw new RangeError("callees: expected one at least");
    this.#options = options;
    this.callees = options.callees;
    this.load = options.load;
    this.calls = options.calls;
    this.victim = victim;
  }

  /** Between callers and the victim. @throws where there is none */
  get proxy(): Proxy {
    if (this.#options.proxy === undefined) throw new Error("the victim is reached without a proxy");
    return this.#options.proxy;
  }

  async pause(seconds: number): Promise<void> {
    await sleep(seconds * 1000, undefined, { signal: this.#options.signal });
  }

  /** What was measured until now was before the fault. */
  begins(words: string): void {
    this.#options.log.write("-", words);
    this.#beganAt = performance.now();
  }

  /** The cause is gone. */
  ends(words: string): void {
    this.#options.log.write("-", words);
    this.#endedAt = performance.now();
  }

  /** All callees do their work like this from now on. */
  async setWork(settings: WorkSettings): Promise<void> {
    await Promise.all(this.callees.map((callee) => callee.setWork(settings)));
  }

  /** Nothing more is measured. To be called before anything is held against a bound. */
  over(): void {
    this.#overAt = performance.now();
  }

  /** The 99th percentile before, from the beginning to the end of the fault, and after it, in milliseconds. */
  get p99(): { readonly before: number; readonly during: number; readonly after: number } {
    const p99 = (from: number, to: number): number => percentileMs(begunWithin(this.calls, from, to), 99);
    return {
      before: p99(this.#steadyAt, this.#beganAt),
      during: p99(this.#beganAt, this.#endedAt),
      after: p99(this.#endedAt, this.#overAt),
    };
  }

  /** Asserts that no call failed whose method may be tried again. */
  holdNoneFailed(): void {
    const failed = this.calls.filter(({ repeatable, failure }) => repeatable && failure !== undefined);
    if (failed.length === 0) return;
    const kinds = new Set(failed.map(({ method, failure }) => `${method}: ${failure?.code}, ${failure?.message}`));
    this.violations.push(
      `${failed.length} calls failed that could be tried again (${[...kinds].slice(0, 3).join("; ")})`,
    );
  }

  /** Asserts that p99 was back to normal, for a window of 2 s, within one TTL of the fault's beginning. */
  holdBackWithinTtl(): void {
    const bound = normalFactor * this.p99.before;
    this.backAfterMs = backAfterMs({ since: this.#beganAt, until: this.#overAt, windowMs }, (from, to) => {
      return percentileMs(begunWithin(this.calls, from, to), 99) <= bound;
    });
    this.#hold("p99 was back to normal", ttlSeconds);
  }

  /** Asserts that p99 of all calls is normal from `seconds` after the fault's beginning until its end, while it lasts. */
  holdP99After(seconds: number): void {
    const meanwhile = begunWithin(this.calls, this.#beganAt + seconds * 1000, this.#endedAt);
    const [p99, before] = [percentileMs(meanwhile, 99), this.p99.before];
    if (p99 <= normalFactor * before || !this.#options.holdsTimes) return;
    this.violations.push(`p99 was ${Math.round(p99)} ms from ${seconds} s on, and ${Math.round(before)} ms before`);
  }

  /** Asserts that as many calls as before are answered, for a window of 2 s, soon after the cause has gone, and stay so. */
  holdGoodputBackWithin(seconds: number): void {
    const { calls } = this;
    const before = goodput(calls, this.#steadyAt, this.#beganAt);
    this.goodput = {
      before,
      during: goodput(calls, this.#beganAt, this.#endedAt),
      after: goodput(calls, this.#endedAt + seconds * 1000, this.#overAt),
    };
    this.backAfterMs = backAfterMs({ since: this.#endedAt, until: this.#overAt, windowMs }, (from, to) => {
      return goodput(calls, from, to) >= goodputPart * before;
    });
    this.#hold(`goodput was back to 95 % of ${Math.round(before)}/s`, seconds);
    const { after } = this.goodput;
    if (after >= goodputPart * before || !this.#options.holdsTimes) return;
    this.violations.push(`goodput was ${Math.round(after)}/s from ${seconds} s on, and ${Math.round(before)}/s before`);
  }

  #hold(what: string, seconds: number): void {
    if (this.backAfterMs !== undefined && this.backAfterMs <= seconds * 1000) return;
    if (!this.#options.holdsTimes) return;
    const after = this.backAfterMs === undefined ? "never" : `after ${inSeconds(this.backAfterMs)}`;
    this.violations.push(`${what} ${after} (bound: ${seconds} s)`);
  }
}
