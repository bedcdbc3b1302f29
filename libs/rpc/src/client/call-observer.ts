import type { NoRetry } from "@banyan/resilience";
import type { Family, Metrics } from "@banyan/telemetry";

/**
 * Why an attempt is made.
 *
 * - `first`: the call wants one
 * - `retry`: the one before has failed, and the policy allows another one
 * - `transparent`: the one before was certainly not worked on
 * - `hedge`: the one before is slow
 */
export type AttemptKind = "first" | "retry" | "transparent" | "hedge";

/** Is told what becomes of the calls to one service. */
export interface CallObserver {
  attempted(kind: AttemptKind): void;
  /** A call that has failed is not tried again. */
  gaveUp(why: NoRetry): void;
  /** A call was not sent: the service turns most away, or every instance has asked to be left alone. */
  shed(why: "throttled" | "resting"): void;
  /** An instance gets no calls for a while, because too many have failed. */
  ejected(): void;
}

const attemptKinds: Readonly<Record<AttemptKind, true>> = { first: true, retry: true, transparent: true, hedge: true };
const noRetries: Readonly<Record<NoRetry, true>> = {
  "no retry policy": true,
  "code not retryable": true,
  "not idempotent": true,
  "retry of a retry": true,
  "attempts used up": true,
  "server asks not to": true,
  "no time left": true,
  "budget used up": true,
};

/** Counts it, from 0 on. */
export function countingObserver(metrics: Metrics, callee: string): CallObserver {
  const attempts = metrics.counter(
    "banyan_client_attempts_total",
    "Attempts at calls to a service, by why they were made.",
    ["callee", "kind"],
  );
  const giveUps = metrics.counter("banyan_client_give_ups_total", "Failed calls that were not tried again, by why.", [
    "callee",
    "why",
  ]);
  const sheds = metrics.counter("banyan_client_sheds_total", "Calls to a service that were not sent, by why.", [
    "callee",
    "why",
  ]);
  const ejections = metrics.counter("banyan_client_ejections_total", "Ejections of instances of a service.", [
    "callee",
  ]);
  for (const kind of Object.keys(attemptKinds)) attempts.zero(callee, kind);
  for (const why of Object.keys(noRetries)) giveUps.zero(callee, why);
  for (const why of ["throttled", "resting"]) sheds.zero(callee, why);
  ejections.zero(callee);
  return {
    attempted: (kind) => attempts.add(callee, kind),
    gaveUp: (why) => giveUps.add(callee, why),
    shed: (why) => sheds.add(callee, why),
    ejected: () => ejections.add(callee),
  };
}

/** What of the calls to one service can be read. */
export interface ObservedCalls {
  /** What is left of the budget for retries and hedges. */
  budgetTokens(): number;
  /** The part of the calls that is not sent, in [0, 1]. */
  rejection(): number;
  instances(): readonly ObservedInstance[];
}

export interface ObservedInstance {
  readonly id: string;
  readonly healthy: boolean;
  readonly ejectedUntilMs: number | undefined;
  readonly inFlight: number;
  readonly latencyMs: number | undefined;
}

/** More instances of a service than this are told of as one, `_OTHER`: how many there are is told in any case. */
const maxInstances = 50;

/** The state of the calls to one service, for `metrics.observe`. */
export function clientFamilies(callee: string, calls: ObservedCalls): readonly Family[] {
  const gauge = (name: string, help: string, value: () => number): Family => ({
    name: `banyan_client_${name}`,
    help,
    type: "gauge",
    labels: ["callee"],
    read: () => [{ labels: { callee }, value: value() }],
  });
  const byInstance = (
    name: string,
    help: string,
    valueOf: (instances: readonly ObservedInstance[]) => number,
  ): Family => ({
    name: `banyan_client_instance_${name}`,
    help,
    type: "gauge",
    labels: ["callee", "callee_instance"],
    read: () =>
      grouped(calls.instances()).map(([instance, group]) => ({
        labels: { callee, callee_instance: instance },
        value: valueOf(group),
      })),
  });
  return [
    gauge("retry_budget_tokens", "What is left of the budget for retries and hedges.", () => calls.budgetTokens()),
    gauge("throttle_rejection_ratio", "The part of the calls that is not sent, since most are turned away.", () =>
      calls.rejection(),
    ),
    {
      name: "banyan_client_instances",
      help: "Instances of a service, by whether they are called.",
      type: "gauge",
      labels: ["callee", "state"],
      read: () =>
        Object.entries(countedStates(calls.instances())).map(([state, value]) => ({
          labels: { callee, state },
          value,
        })),
    },
    byInstance("in_flight", "Calls to an instance that are not done.", (group) =>
      group.reduce((sum, { inFlight }) => sum + inFlight, 0),
    ),
    byInstance("latency_seconds", "What an answer of an instance has taken of late; of several the longest.", (group) =>
      Math.max(...group.map(({ latencyMs = Number.NaN }) => latencyMs / 1000)),
    ),
  ];
}

function countedStates(instances: readonly ObservedInstance[]): Record<"available" | "ejected" | "unhealthy", number> {
  const counted = { available: 0, ejected: 0, unhealthy: 0 };
  for (const { healthy, ejectedUntilMs } of instances) {
    counted[!healthy ? "unhealthy" : ejectedUntilMs === undefined ? "available" : "ejected"]++;
  }
  return counted;
}

function grouped(instances: readonly ObservedInstance[]): [string, readonly ObservedInstance[]][] {
  const others = instances.slice(maxInstances);
  return [
    ...instances.slice(0, maxInstances).map((instance): [string, ObservedInstance[]] => [instance.id, [instance]]),
    ...(others.length > 0 ? [["_OTHER", others] satisfies [string, readonly ObservedInstance[]]] : []),
  ];
}
