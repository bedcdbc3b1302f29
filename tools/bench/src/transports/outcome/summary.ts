import type { Latencies } from "../programs/messages.ts";
import type { CaseOutcome, Entry, Sample, Side } from "./outcome.ts";

/** Medians over the rounds. */
export interface Summary {
  readonly perSecond: number;
  /** Half of the way from the slowest round to the fastest one, in percent of the median. */
  readonly spreadPercent: number;
  /** As a factor of the base's in the same round; undefined where the base was not measured. */
  readonly ratio: number | undefined;
  /** Calls for the same CPU time, server's and client's, as such a factor: other work on the machine hardly shows in it. */
  readonly cpuRatio: number | undefined;
  readonly serverMicros: number | undefined;
  readonly clientMicros: number | undefined;
  readonly latency: Latencies | undefined;
}

/** Undefined for one that was not measured in any round. */
export function summaryOf({ samples }: Entry, base: Entry | undefined): Summary | undefined {
  const perSecond = median(samples.map((sample) => sample.perSecond));
  if (perSecond === undefined) return undefined;
  const speeds = samples.map((sample) => sample.perSecond);
  const spread = (Math.max(...speeds) - Math.min(...speeds)) / 2;
  return {
    perSecond,
    spreadPercent: (100 * spread) / perSecond,
    ratio: ratioOf(samples, base?.samples, ({ perSecond: speed }) => speed),
    cpuRatio: ratioOf(samples, base?.samples, callsPerCpuSecond),
    serverMicros: medianOf(samples, ({ serverMicros }) => serverMicros),
    clientMicros: medianOf(samples, ({ clientMicros }) => clientMicros),
    latency: latencyOf(samples),
  };
}

/** The median of the ratios within a round, of rounds that both have. */
export function ratioOf(
  samples: readonly Sample[],
  base: readonly Sample[] | undefined,
  figure: (sample: Sample) => number | undefined,
): number | undefined {
  const ratios = samples.flatMap((sample, round) => {
    const other = base?.[round];
    const [value, baseValue] = [figure(sample), other && figure(other)];
    return value === undefined || baseValue === undefined ? [] : [value / baseValue];
  });
  return median(ratios);
}

/** Undefined where the system does not tell, or the CPU time is less than what it tells by. */
function callsPerCpuSecond({ serverMicros, clientMicros = 0 }: Sample): number | undefined {
  const micros = serverMicros === undefined ? 0 : serverMicros + clientMicros;
  return micros > 0 ? 1e6 / micros : undefined;
}

export function entryNamed({ entries }: CaseOutcome, name: string, side: Side): Entry | undefined {
  return entries.find((entry) => entry.name === name && entry.side === side);
}

/** Of an even number the mean of the two in the middle; undefined of none. */
export function median(values: readonly number[]): number | undefined {
  const sorted = values.toSorted((a, b) => a - b);
  const [low, high] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[Math.floor(sorted.length / 2)]];
  return low === undefined || high === undefined ? undefined : (low + high) / 2;
}

function medianOf(samples: readonly Sample[], figure: (sample: Sample) => number | undefined): number | undefined {
  return median(samples.map(figure).filter((value) => value !== undefined));
}

function latencyOf(samples: readonly Sample[]): Latencies | undefined {
  const [p50, p99, p999] = (["p50", "p99", "p999"] as const).map((key) =>
    medianOf(samples, ({ latency }) => latency?.[key]),
  );
  return p50 === undefined || p99 === undefined || p999 === undefined ? undefined : { p50, p99, p999 };
}
