import type { Bounds } from "./bounds.ts";
import type { Strategy } from "./options.ts";

/** The best of what needs no knowledge of the service: it leaves slow, busy and failing instances alone by itself. */
export const defaultStrategy: Strategy = "peak_ewma";

/** As in Kitex; leaves room to say less. */
export const defaultWeight = 10;
/** As the registry bounds it. */
export const weightBounds: Bounds = { min: 1, max: 10_000 };

/**
 * How long a newcomer's share grows. A Node process compiles its hot code and opens its pools within some seconds, and the
 * next instance of a rolling restart has 10 s to drain.
 */
export const defaultSlowStartMs = 10_000;
export const slowStartBounds: Bounds = { min: 0, max: 3_600_000 };
/** Where it begins, as in Envoy: less would keep a rarely called newcomer without a single call. */
export const slowStartFloor = 0.1;
/** In how many steps it grows: each makes a new picker, in O(n). */
export const slowStartSteps = 20;

/** At more than half in doubt the doubt is likelier wrong than the instances, and the rest would drown. As in Envoy. */
export const defaultPanicPercent = 50;
export const percentBounds: Bounds = { min: 0, max: 100 };

/** Room for calls that are spread unevenly, as in Envoy: up to 28 % of a zone may fail before calls leave it. */
export const zoneOverprovision = 1.4;
/** Of one instance there is nothing to choose: a slow one could not be avoided. */
export const zonePreferenceMinimum = 2;

export const subsetSizeBounds: Bounds = { min: 1, max: 10_000 };

/** How latency is remembered. */
export const defaultLatency = {
  /**
   * The time after which an old observation counts e times less. Simulated: three instances, one 50 x slower for 30 s, at 30
   * to 1,500 calls/s. From 0.2 to 2 s the tail is the same meanwhile, and the instance has its share back 1 to 4 s after it
   * recovered; with 10 s, as in Finagle and go-zero, 12 to 17 s after. 600 ms is what Kratos has.
   */
  tauMs: 600,
  /**
   * Older observations say nothing of the present. It matters to clients that call too rarely for `forcedPickEvery`: at one
   * call/s an instance that is 50 x slower then has 0.9 % of the calls, with 30 s it would have 3 %. One that recovered is
   * found after 30 s on average.
   */
  forgetMs: 120_000,
  /** An instance that loses each comparison is called again after this long, to see whether it recovered. As in Kratos. */
  forcedPickMs: 3000,
  /** A failed call counts as one that took this many times as long: an instance that fails 5 % of its calls is half as good. */
  failurePenalty: 20,
};
export const tauBounds: Bounds = { min: 1, max: 600_000 };
export const forgetBounds: Bounds = { min: 1000, max: 3_600_000 };
export const forcedPickBounds: Bounds = { min: 100, max: 600_000 };
export const failurePenaltyBounds: Bounds = { min: 0, max: 10_000 };
/**
 * At most one call in so many tries an instance that was left unpicked: a quarter of what would reach the 99th percentile.
 * In a large fleet, where hardly any instance is called every 3 s, each call would be such a try.
 */
export const forcedPickEvery = 400;
/**
 * How much cheaper the second of two instances must be to be taken instead of the first: less is noise, which must not send
 * all calls to one. Simulated near capacity, the tail grows by 1 % up to 1.25, and by 10 % at 2.
 */
export const advantageAboveNoise = 1.25;
/**
 * The second must be cheaper by as much as its weight is less: else each call that finds a large instance busy would go to
 * a small one that is idle, and at low load the small ones would have twice their share. But no more than this, so that a
 * large instance that is slow is left alone.
 */
export const mostAdvantage = 10;
/** Any clock is coarser; keeps calls in flight counting where latencies are unknown or 0. */
export const shortestLatencyMs = 0.01;

export const defaultEjection = {
  /** As in Envoy. An instance that fails one call in ten has five failures in a row once in 100,000 calls. */
  consecutiveFailures: 5,
  /** As in gRFC A50. */
  intervalMs: 10_000,
  /**
   * gRFC A50 has 30 s, for fleets that can spare an instance; a third of three replicas is missed sooner. Not shorter than
   * the registry's TTL: what died is no longer listed when its first ejection ends. One that still fails comes back with a
   * tenth of its share, and is ejected for longer by its first failure.
   */
  baseMs: 10_000,
  /** As in gRFC A50. */
  maxMs: 300_000,
  /** gRFC A50 has 10, which is nobody in a fleet of less than ten. No more than the panic rule leaves alone. */
  maxPercent: 50,
  /** gRFC A50 has 100 calls an interval; with fewer than 30 a share of failures is chance. */
  minCalls: 30,
};
export const consecutiveFailuresBounds: Bounds = { min: 1, max: 1000 };
export const intervalBounds: Bounds = { min: 1000, max: 600_000 };
export const ejectionBounds: Bounds = { min: 100, max: 3_600_000 };
export const minCallsBounds: Bounds = { min: 1, max: 1_000_000 };

/** From this many instances on the spread among them says who is an outlier: gRFC A50's minimum_hosts. */
export const spreadMinimum = 5;
/** gRFC A50's stdev_factor, in units instead of thousandths. */
export const spreadFactor = 1.9;
/** In smaller fleets: how many standard deviations of chance; three happen to a good instance in less than one interval of 100. */
export const chanceFactor = 3;
/**
 * No instance is ejected for a success rate that is less than this below its neighbours'. With all others at 100 % the
 * spread is next to nothing, and gRFC A50's arithmetic alone ejects for a single failure.
 */
export const leastDifference = 0.1;
