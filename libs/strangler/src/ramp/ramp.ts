import type { TrafficReport } from "../report/traffic-report.ts";
import { Guards, type Broken, type GuardName } from "./guards.ts";
import { checkRampPlan, type RampPlan } from "./ramp-plan.ts";
import type { Sample } from "./sequential-test.ts";
import { arrivedSince, noCounts, StepTally, type Step, type StepCounts } from "./step-counts.ts";

/** Why a candidate gets no calls any more. */
export type RollbackReason =
  | ({ readonly tag: "guard" } & Broken & { readonly boundMs: number | undefined; readonly fields: readonly string[] })
  /** The guard of a split has opened by itself. */
  | { readonly tag: "split guard"; readonly instances: readonly string[] };

export type RampVerdict =
  /** @property waitingFor what the step has not yet, for people */
  | { readonly tag: "hold"; readonly waitingFor: readonly string[] }
  | { readonly tag: "advance"; readonly percent: number }
  | { readonly tag: "roll back"; readonly reason: RollbackReason }
  | { readonly tag: "done" }
  /** The step has taken as long as it may. Nothing speaks against the candidate, and not enough for it. */
  | { readonly tag: "stalled"; readonly waitingFor: readonly string[] };

/** How a step stands. */
export interface RampFigures extends StepCounts {
  readonly percent: number;
  readonly seconds: number;
  readonly instances: number;
  /** Of the calls for which the legacy's p99 was known, those that took longer. */
  readonly slow: Readonly<Record<"candidate" | "legacy", Sample>>;
  /** Which one that was, what is allowed beyond included; undefined while too few calls are known. */
  readonly boundMs: number | undefined;
  readonly undecided: readonly GuardName[];
}

/**
 * Decides, after each report, whether a candidate gets more calls, keeps what it has, or loses them all. It writes no rule: who
 * does tells it by {@link begin}. Times are in milliseconds, by a clock that does not go back.
 *
 * A step is left for the next one when it has lasted `minSeconds`, every split has its rule, each side that gets calls has had
 * `minCalls` of them, and each guard has passed a round of its test within the step.
 */
export class Ramp {
  readonly #plan: RampPlan;
  readonly #guards: Guards;
  #step: Step = { percent: 0, revision: 0n, mirrors: false };
  #tally = new StepTally(this.#step);
  #counts: StepCounts = noCounts;
  #beganAt = 0;
  #instances = 0;

  /** @throws {RangeError} naming the first field of the plan that is out of its bounds */
  constructor(plan: RampPlan) {
    this.#plan = checkRampPlan(plan);
    this.#guards = new Guards(plan);
  }

  /** The rule of a step was written. */
  begin(step: Step, now: number): void {
    this.#step = step;
    this.#tally = new StepTally(step);
    this.#counts = noCounts;
    this.#beganAt = now;
    this.#guards.begin(step);
  }

  /** @param reports of all processes, as they are now */
  observe(reports: readonly TrafficReport[], now: number): RampVerdict {
    const counts = this.#tally.take(reports);
    const broken = this.#guards.observe(arrivedSince(this.#counts, counts), counts);
    this.#counts = counts;
    this.#instances = reports.length;
    const following = reports.filter(({ rule }) => rule.revision === String(this.#step.revision));
    const opened = following.filter(hasOpened).map(({ instance }) => instance);
    if (broken !== undefined) {
      const fields = broken.guard === "mismatches" ? worstFields(following) : [];
      return { tag: "roll back", reason: { tag: "guard", ...broken, boundMs: this.#guards.boundMs, fields } };
    }
    if (opened.length > 0) return { tag: "roll back", reason: { tag: "split guard", instances: opened } };

    const waitingFor = this.#missing(reports, now);
    if (waitingFor.length === 0) {
      const percent = this.#plan.steps.find((step) => step > this.#step.percent);
      return percent === undefined ? { tag: "done" } : { tag: "advance", percent };
    }
    const isOver = now - this.#beganAt >= this.#plan.maxSeconds * 1000;
    return { tag: isOver ? "stalled" : "hold", waitingFor };
  }

  figures(now: number): RampFigures {
    return {
      ...this.#counts,
      percent: this.#step.percent,
      seconds: (now - this.#beganAt) / 1000,
      instances: this.#instances,
      slow: this.#guards.slow,
      boundMs: this.#guards.boundMs,
      undecided: this.#guards.undecided,
    };
  }

  #missing(reports: readonly TrafficReport[], now: number): readonly string[] {
    const { minSeconds, minCalls } = this.#plan;
    const { percent, mirrors, revision } = this.#step;
    const { legacy, candidate } = this.#counts;
    const missing: string[] = [];
    const late = reports.filter(({ rule }) => rule.revision !== String(revision)).map(({ instance }) => instance);
    if (reports.length === 0) missing.push("a report of any split");
    if (late.length > 0) missing.push(`${listed(late)} to follow the rule`);
    const shut = reports.filter(({ guard }) => guard !== "closed").map(({ instance }) => instance);
    if (shut.length > 0) missing.push(`the guard of ${listed(shut)} to close`);
    const leftSeconds = Math.ceil(minSeconds - (now - this.#beganAt) / 1000);
    if (leftSeconds > 0) missing.push(`${leftSeconds} s`);
    const callsOf = (side: string, { calls }: { readonly calls: number }): void => {
      if (calls < minCalls) missing.push(`${minCalls - calls} calls on the ${side} side`);
    };
    if (percent > 0 || mirrors) callsOf("candidate", candidate);
    if (percent < 100) callsOf("legacy", legacy);
    const { undecided } = this.#guards;
    if (missing.length === 0 && undecided.length > 0) missing.push(`more calls to judge ${undecided.join(" and ")} by`);
    return missing;
  }
}

/** In this step, that is: one may still be open from what was before, until it has tried the candidate again. */
function hasOpened({ guard, methods }: TrafficReport): boolean {
  return guard === "open" && Object.values(methods).some(({ candidate }) => candidate.failures > 0);
}

function worstFields(reports: readonly TrafficReport[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const { method, path, count } of reports.flatMap(({ mismatches }) => mismatches)) {
    const field = `${method}/${path}`;
    counts.set(field, (counts.get(field) ?? 0) + count);
  }
  const worst = [...counts].toSorted(([, left], [, right]) => right - left).slice(0, 3);
  return worst.map(([field]) => field);
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, 3).join(", ");
  return names.length > 3 ? `${shown} and ${names.length - 3} more` : shown;
}
