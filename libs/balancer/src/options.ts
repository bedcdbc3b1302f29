import { integerWithin, numberWithin, oneOf, textWithin } from "./bounds.ts";
import * as defaults from "./defaults.ts";
import type { SubsetOptions } from "./subset.ts";

/** In the order of the README's table. */
export const strategies = ["peak_ewma", "least_request", "round_robin", "weighted_round_robin", "rendezvous"] as const;

export type Strategy = (typeof strategies)[number];

/** How latency and failures of past calls make an instance more or less likely to be picked; used by `peak_ewma`. */
export interface LatencyOptions {
  /** The time constant of the averages, in milliseconds: a number in [1, 600000], default 600. */
  readonly tauMs?: number;
  /** The age at which an observation is forgotten, in milliseconds: a number in [1000, 3600000], default 120000. */
  readonly forgetMs?: number;
  /** How long an instance stays unpicked before it is tried again, in milliseconds: a number in [100, 600000], default 3000. */
  readonly forcedPickMs?: number;
  /** How many average answers a failure costs: a number in [0, 10000], default 20. */
  readonly failurePenalty?: number;
}

/** When an instance is left alone for a while because its calls fail. */
export interface EjectionOptions {
  /** That many failures with no success between them eject: an integer in [1, 1000], default 5. */
  readonly consecutiveFailures?: number;
  /** How often success rates are compared, in milliseconds: a number in [1000, 600000], default 10000. */
  readonly intervalMs?: number;
  /** How long the first ejection lasts, in milliseconds; the n-th in a row n times as long: in [100, 3600000], default 10000. */
  readonly baseMs?: number;
  /** How long an ejection lasts at most, in milliseconds: in [baseMs, 3600000], default 300000 or baseMs if that is more. */
  readonly maxMs?: number;
  /**
   * How many instances may be ejected or unhealthy for another to be ejected, the other included, in percent: a number in
   * [0, 100], default 50. One may always be, the last one never.
   */
  readonly maxPercent?: number;
  /** Success rates are compared of instances with at least this many calls in the interval: in [1, 1000000], default 30. */
  readonly minCalls?: number;
}

/** How instances are chosen: plain data. */
export interface BalancerPolicy {
  /** Default `peak_ewma`. */
  readonly strategy?: Strategy;
  /** The own zone, whose instances are preferred while they can take it; by default none is. 1 to 63 characters. */
  readonly zone?: string;
  /** How long the share of a newcomer grows, in milliseconds: a number in [0, 3600000], default 10000. */
  readonly slowStartMs?: number;
  /** Call only some of the instances; by default all. */
  readonly subset?: SubsetOptions;
  /** When more of the instances than this are ejected or unhealthy, all are used, in percent: in [0, 100], default 50. */
  readonly panicPercent?: number;
  readonly latency?: LatencyOptions;
  /** `false`: none is ever ejected. */
  readonly ejection?: EjectionOptions | false;
}

export interface BalancerOptions extends BalancerPolicy {
  /** Milliseconds on a clock that never goes back, such as `performance.now`. */
  readonly now: () => number;
  /** A number in [0, 1), such as `Math.random`. */
  readonly random: () => number;
  /** Told of each instance that is ejected, by its id, for logs and metrics. */
  readonly onEjection?: (id: string) => void;
}

export type LatencySettings = Readonly<Required<LatencyOptions>>;
export type EjectionSettings = Readonly<Required<EjectionOptions>>;

/** A policy with nothing left open. */
export interface Settings {
  readonly strategy: Strategy;
  readonly zone: string | undefined;
  readonly slowStartMs: number;
  readonly subset: SubsetOptions | undefined;
  readonly panicPercent: number;
  readonly latency: LatencySettings;
  readonly ejection: EjectionSettings | undefined;
}

/** @throws {RangeError} for the first option that is out of bounds, as in `slowStartMs: expected a number in [0, 3600000], got -1` */
export function settingsOf(policy: BalancerPolicy): Settings {
  const {
    strategy = defaults.defaultStrategy,
    zone,
    slowStartMs = defaults.defaultSlowStartMs,
    subset,
    panicPercent = defaults.defaultPanicPercent,
    latency = {},
    ejection = {},
  } = policy;
  return {
    strategy: oneOf("strategy", strategy, strategies),
    zone: zone === undefined ? undefined : textWithin("zone", zone, { min: 1, max: 63 }),
    slowStartMs: numberWithin("slowStartMs", slowStartMs, defaults.slowStartBounds),
    subset: subset === undefined ? undefined : checkedSubset(subset),
    panicPercent: numberWithin("panicPercent", panicPercent, defaults.percentBounds),
    latency: latencySettings(latency),
    ejection: ejection === false ? undefined : ejectionSettings(ejection),
  };
}

function checkedSubset({ clientId, size }: SubsetOptions): SubsetOptions {
  return {
    clientId: textWithin("subset.clientId", clientId, { min: 1, max: 1000 }),
    size: integerWithin("subset.size", size, defaults.subsetSizeBounds),
  };
}

function latencySettings(options: LatencyOptions): LatencySettings {
  const { tauMs, forgetMs, forcedPickMs, failurePenalty } = { ...defaults.defaultLatency, ...options };
  return {
    tauMs: numberWithin("latency.tauMs", tauMs, defaults.tauBounds),
    forgetMs: numberWithin("latency.forgetMs", forgetMs, defaults.forgetBounds),
    forcedPickMs: numberWithin("latency.forcedPickMs", forcedPickMs, defaults.forcedPickBounds),
    failurePenalty: numberWithin("latency.failurePenalty", failurePenalty, defaults.failurePenaltyBounds),
  };
}

function ejectionSettings(options: EjectionOptions): EjectionSettings {
  const { consecutiveFailures, intervalMs, baseMs, maxPercent, minCalls } = { ...defaults.defaultEjection, ...options };
  const { maxMs = Math.max(baseMs, defaults.defaultEjection.maxMs) } = options;
  const { ejectionBounds } = defaults;
  return {
    consecutiveFailures: integerWithin(
      "ejection.consecutiveFailures",
      consecutiveFailures,
      defaults.consecutiveFailuresBounds,
    ),
    intervalMs: numberWithin("ejection.intervalMs", intervalMs, defaults.intervalBounds),
    baseMs: numberWithin("ejection.baseMs", baseMs, ejectionBounds),
    maxMs: numberWithin("ejection.maxMs", maxMs, { min: baseMs, max: ejectionBounds.max }),
    maxPercent: numberWithin("ejection.maxPercent", maxPercent, defaults.percentBounds),
    minCalls: integerWithin("ejection.minCalls", minCalls, defaults.minCallsBounds),
  };
}
