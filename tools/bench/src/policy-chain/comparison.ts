import { quantiles } from "../quantiles.ts";
import type { Contender, Sample } from "./rounds.ts";

/** Those of each contender, one a round. */
export type Samples = ReadonlyMap<Contender, readonly Sample[]>;

/** Contenders that are compared with one of them. */
export interface Group {
  readonly base: Contender;
  readonly others: readonly Contender[];
}

/** Medians over the rounds. */
export interface Comparison {
  readonly callsPerSecond: number;
  /** Calls per second as a factor of the other's in the same round. */
  readonly speed: number;
  /** CPU of a call, in microseconds, and how much of it there is beyond the other's in the same round. */
  readonly micros: number;
  readonly extraMicros: number;
  readonly requests: number;
  readonly refusedPercent: number;
}

/** Compares one contender with another one, in the CPU time of the caller or of the servers. */
export function comparison(
  samples: Samples,
  contender: Contender,
  base: Contender,
  cpu: "callerMicros" | "serverMicros",
): Comparison {
  const pairs = (samples.get(contender) ?? []).map((own, round) => ({ own, other: samples.get(base)?.[round] ?? own }));
  const median = (figure: (own: Sample, other: Sample) => number): number =>
    quantiles(pairs.map(({ own, other }) => figure(own, other))).p50;
  return {
    callsPerSecond: median((own) => own.callsPerSecond),
    speed: median((own, other) => own.callsPerSecond / other.callsPerSecond),
    micros: median((own) => own[cpu]),
    extraMicros: median((own, other) => own[cpu] - other[cpu]),
    requests: median((own) => own.requests),
    refusedPercent: 100 * median((own) => own.refused),
  };
}
