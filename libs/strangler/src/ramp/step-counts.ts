import { latencyBuckets } from "../report/latency.ts";
import type { MethodCounts, SideCounts } from "../report/method-counts.ts";
import { fleetCounts, type TrafficReport } from "../report/traffic-report.ts";
import type { Sample } from "./sequential-test.ts";

/** What has come to one side. */
export type Arrived = Pick<SideCounts, "calls" | "failures" | "latency">;

/** What a step has seen. */
export interface StepCounts {
  readonly legacy: Arrived;
  readonly candidate: Arrived;
  /** Of the calls that were mirrored and compared, those that differ. */
  readonly compared: Sample;
}

/** A rule as a step has written it. */
export interface Step {
  readonly percent: number;
  readonly revision: bigint;
  /** Whether it has calls mirrored, and compared. */
  readonly mirrors: boolean;
}

export const nothingArrived: Arrived = {
  calls: 0,
  failures: 0,
  latency: Array.from({ length: latencyBuckets }, () => 0),
};

export const noCounts: StepCounts = {
  legacy: nothingArrived,
  candidate: nothingArrived,
  compared: { calls: 0, hits: 0 },
};

/**
 * Adds up the reports of a fleet under one rule. Reports count from the moment that the rule took effect in their process; one
 * that has gone, or has begun anew, has counted all the same.
 */
export class StepTally {
  readonly #step: Step;
  readonly #last = new Map<string, TrafficReport>();
  readonly #ended: TrafficReport[] = [];

  constructor(step: Step) {
    this.#step = step;
  }

  /** @returns all that the step has seen; reports of another rule are left out */
  take(reports: readonly TrafficReport[]): StepCounts {
    for (const report of reports) {
      if (report.rule.revision !== String(this.#step.revision)) continue;
      const before = this.#last.get(report.instance);
      if (before !== undefined && seenBy(report) < seenBy(before)) this.#ended.push(before);
      this.#last.set(report.instance, report);
    }
    return this.#countsOf(fleetCounts([...this.#ended, ...this.#last.values()]));
  }

  /** For a side that has no calls of its own, those that are mirrored to it stand. */
  #countsOf({ legacy, candidate, mirrored, events }: MethodCounts): StepCounts {
    const { percent } = this.#step;
    return {
      legacy: percent === 100 ? mirrored.legacy : legacy,
      candidate: percent === 0 ? mirrored.candidate : candidate,
      compared: { calls: events.compared ?? 0, hits: events.mismatched ?? 0 },
    };
  }
}

/** What of `now` was not there `before`. */
export function arrivedSince(before: StepCounts, now: StepCounts): StepCounts {
  return {
    legacy: difference(before.legacy, now.legacy),
    candidate: difference(before.candidate, now.candidate),
    compared: { calls: now.compared.calls - before.compared.calls, hits: now.compared.hits - before.compared.hits },
  };
}

/** What two steps have seen of a side. */
export function arrivedInAll(one: Arrived, other: Arrived): Arrived {
  return {
    calls: one.calls + other.calls,
    failures: one.failures + other.failures,
    latency: one.latency.map((count, bucket) => count + (other.latency[bucket] ?? 0)),
  };
}

function difference(before: Arrived, now: Arrived): Arrived {
  return {
    calls: now.calls - before.calls,
    failures: now.failures - before.failures,
    latency: now.latency.map((count, bucket) => count - (before.latency[bucket] ?? 0)),
  };
}

function seenBy(report: TrafficReport): number {
  const { legacy, candidate, mirrored } = fleetCounts([report]);
  return legacy.calls + candidate.calls + mirrored.legacy.calls;
}
