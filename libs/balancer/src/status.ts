import type { BalancedInstance } from "./instance.ts";
import type { Lineup } from "./lineup.ts";
import type { LatencySettings } from "./options.ts";
import type { Member } from "./member.ts";

/** What is known of one instance: plain data, for metrics and people. */
export interface InstanceStatus {
  readonly id: string;
  readonly zone: string | undefined;
  readonly weight: number;
  /** Its part of the calls while all instances are equally fast, in [0, 1]; 0 for one that is not called. */
  readonly share: number;
  /** What active health checks say. */
  readonly healthy: boolean;
  /** By the clock that was handed in; undefined for one that is not ejected. */
  readonly ejectedUntilMs: number | undefined;
  /** Ejections in a row. */
  readonly ejections: number;
  /** Calls that are not done. */
  readonly inFlight: number;
  /** Those of them without an answer. */
  readonly waiting: number;
  /** What an answer has taken of late (peak EWMA); undefined when none was seen, or none for long. */
  readonly latencyMs: number | undefined;
  /** The part of the calls that failed of late, in [0, 1]. */
  readonly failureShare: number;
}

export function statusOf<I extends BalancedInstance>(
  members: readonly Member<I>[],
  lineup: Lineup<I>,
  latency: LatencySettings,
  now: number,
): InstanceStatus[] {
  const total = lineup.weights.reduce((sum, weight) => sum + weight, 0);
  const shares = new Map(lineup.members.map(({ id }, index) => [id, (lineup.weights[index] ?? 0) / total]));
  return members.map(({ id, instance, weight, healthy, standing, record, inFlight, waiting, cost }) => ({
    id,
    zone: instance.zone,
    weight,
    share: shares.get(id) ?? 0,
    healthy,
    ejectedUntilMs: standing.tag === "ejected" ? standing.untilMs : undefined,
    ejections: record.ejections,
    inFlight,
    waiting,
    latencyMs: cost.known(now, latency) ? cost.latencyMs(now, latency) : undefined,
    failureShare: cost.failureShare(now, latency),
  }));
}
