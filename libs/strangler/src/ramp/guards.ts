import { latencyBoundsMs, latencyQuantileMs, slowerThan } from "../report/latency.ts";
import { rampBounds, type RampPlan } from "./ramp-plan.ts";
import { SequentialTest, type Limits, type Sample } from "./sequential-test.ts";
import { arrivedInAll, nothingArrived, type Arrived, type Step, type StepCounts } from "./step-counts.ts";

export const guardNames = ["errors", "mismatches", "latency"] as const;
export type GuardName = (typeof guardNames)[number];

/** A candidate that is refused: by which guard, and what it has seen since the step began. */
export interface Broken {
  readonly guard: GuardName;
  readonly candidate: Sample;
  readonly legacy: Sample;
}

/** The 99th percentile of fewer calls is nothing to go by. */
const minBaseline = 100;
const p99 = 0.99;
const slowTolerated = 1 - p99;

/** Each guard has its part of alpha: together they have what is promised for the ramp. */
const bounds = { ...rampBounds, alpha: rampBounds.alpha / guardNames.length };

/** Three tests that a candidate has to pass at each step, and may be refused by at any time. */
export class Guards {
  readonly #plan: RampPlan;
  readonly #tests = {
    errors: new SequentialTest(bounds),
    mismatches: new SequentialTest(bounds),
    latency: new SequentialTest(bounds),
  } satisfies Record<GuardName, SequentialTest>;
  #step: Step | undefined;
  /** What the legacy has had since the ramp began, what came last not included. */
  #baseline: Arrived = nothingArrived;
  #slow: Record<"candidate" | "legacy", Sample> = none();
  /** Calls of the candidate since the ramp began. */
  #candidateCalls = 0;

  constructor(plan: RampPlan) {
    this.#plan = plan;
  }

  /** Another step; the baseline stays. */
  begin(step: Step): void {
    const { maxErrorPercent, maxMismatchPercent, maxSlowPercent } = this.#plan;
    this.#step = step;
    this.#slow = none();
    const { calls, failures } = this.#baseline;
    const errors = atLeast(limitsOf(maxErrorPercent), hasLegacy(step) || calls === 0 ? 0 : failures / calls);
    this.#tests.errors.begin(errors);
    this.#tests.mismatches.begin(limitsOf(maxMismatchPercent));
    this.#tests.latency.begin({ tolerated: slowTolerated, unacceptable: maxSlowPercent / 100 });
  }

  /**
   * How long 99 % of the legacy's calls take at most, and what is allowed beyond, as the upper end of a bucket in
   * milliseconds; undefined while too few are known.
   */
  get boundMs(): number | undefined {
    const quantile = latencyQuantileMs(this.#baseline.latency, p99);
    if (quantile === undefined || this.#baseline.calls < minBaseline) return undefined;
    const allowed = quantile + this.#plan.slowerByMs;
    return latencyBoundsMs.find((bound) => bound >= allowed) ?? Infinity;
  }

  /** So many calls of this step took longer than the bound that held when they came. */
  get slow(): Readonly<Record<"candidate" | "legacy", Sample>> {
    return this.#slow;
  }

  /**
   * @param news what has come since the last time
   * @param step all that the step has seen, `news` included
   */
  observe(news: StepCounts, step: StepCounts): Broken | undefined {
    const { boundMs } = this;
    const share = this.#candidateShare(step);
    const refuses = (guard: GuardName, candidate: Sample, legacy: Sample): boolean =>
      this.#tests[guard].observe({ candidate, legacy }, guard === "mismatches" ? undefined : share);

    if (refuses("errors", failed(news.candidate), failed(news.legacy))) {
      return { guard: "errors", candidate: failed(step.candidate), legacy: failed(step.legacy) };
    }
    if (refuses("mismatches", news.compared, noCalls)) {
      return { guard: "mismatches", candidate: step.compared, legacy: noCalls };
    }
    const isWarm = this.#candidateCalls >= this.#plan.warmUpCalls;
    this.#candidateCalls += news.candidate.calls;
    if (boundMs !== undefined && isWarm) {
      const [candidate, legacy] = [slow(news.candidate, boundMs), slow(news.legacy, boundMs)];
      this.#slow = { candidate: sum(this.#slow.candidate, candidate), legacy: sum(this.#slow.legacy, legacy) };
      if (refuses("latency", candidate, legacy)) return { guard: "latency", ...this.#slow };
    }
    if (this.#step?.percent !== 100) this.#baseline = arrivedInAll(this.#baseline, news.legacy);
    return undefined;
  }

  /** Undefined where there is no legacy side, or callers of the kind that have left it none: who are all of one sticky key. */
  #candidateShare({ candidate, legacy }: StepCounts): number | undefined {
    if (this.#step === undefined || !hasLegacy(this.#step)) return undefined;
    if (legacy.calls === 0 && candidate.calls >= this.#plan.minCalls) return undefined;
    return candidate.calls / Math.max(1, candidate.calls + legacy.calls);
  }

  /** The guards that have not yet said of this step that it is good enough. */
  get undecided(): readonly GuardName[] {
    const { mirrors, percent } = this.#step ?? { mirrors: false, percent: 0 };
    const asked: Record<GuardName, boolean> = {
      errors: percent > 0 || mirrors,
      mismatches: mirrors,
      // A ramp that begins with everything has nothing to compare with.
      latency: (percent > 0 || mirrors) && (percent < 100 || this.boundMs !== undefined),
    };
    return guardNames.filter((name) => asked[name] && this.#tests[name].passes === 0);
  }
}

const noCalls: Sample = { calls: 0, hits: 0 };

function none(): Record<"candidate" | "legacy", Sample> {
  return { candidate: noCalls, legacy: noCalls };
}

function hasLegacy({ percent, mirrors }: Step): boolean {
  return percent < 100 || mirrors;
}

function limitsOf(maxPercent: number): Limits {
  return { tolerated: maxPercent / 1000, unacceptable: maxPercent / 100 };
}

/** Where nobody is left to compare with, the candidate may be as bad as the legacy was before, and not twice as bad. */
function atLeast({ tolerated, unacceptable }: Limits, legacyRate: number): Limits {
  const rate = Math.min(legacyRate, 0.49);
  return { tolerated: Math.max(tolerated, rate), unacceptable: Math.max(unacceptable, 2 * rate) };
}

function failed({ calls, failures }: Arrived): Sample {
  return { calls, hits: failures };
}

function slow({ calls, latency }: Arrived, boundMs: number): Sample {
  return { calls, hits: slowerThan(latency, boundMs) };
}

function sum(one: Sample, other: Sample): Sample {
  return { calls: one.calls + other.calls, hits: one.hits + other.hits };
}
