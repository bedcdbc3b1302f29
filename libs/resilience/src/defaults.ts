import { Code } from "@connectrpc/connect";

/** Every default number of this package, each with its reason. */

export const defaultDeadline = {
  /** A person at a screen has given up by then; a call without any deadline holds memory at every hop for ever. */
  timeoutMs: 5000,
  /** A round trip in one region and the turn of a busy event loop: without it all hops time out at once, and none can say why. */
  marginMs: 20,
  /** Of a short deadline the margin takes little, else nothing would be left three hops down. */
  marginRatio: 0.1,
  /** An attempt is given up at three times what the slowest calls take: beyond, it is more likely stuck than slow. */
  slowFactor: 3,
} as const;

export const defaultRetry = {
  /** Two more: with one bad instance of three, 1 call in 27 fails three times by chance; more mostly adds load. */
  maxAttempts: 3,
  /** About what a fast call takes, and another instance is tried: there is nothing to wait out. */
  initialBackoffMs: 25,
  /** A tenth or so of the usual deadline. */
  maxBackoffMs: 500,
  /** As everybody has it; the second wait is told apart from the first. */
  backoffMultiplier: 2,
  /** The one code that means "nothing is wrong with the request, try again". */
  retryableStatusCodes: [Code.Unavailable],
  /**
   * Each goes to an instance that has not been tried, fails within a round trip, and costs no server any work. A dead zone
   * of a large fleet is listed for one TTL.
   */
  maxTransparentRetries: 16,
  /** No attempt is begun with less time than this: a round trip takes as long. */
  minAttemptMs: 2,
  /** Waits beyond what the server asks for, up to this part more: those it has turned away do not return together. */
  pushbackJitter: 0.2,
  /** A server that asks for more wants no retry of this call, whatever its deadline. */
  maxPushbackMs: 60_000,
} as const;

export const defaultBudget = {
  /**
   * Half of them is what may fail at once and still be tried again: an instance that is killed fails all that it has
   * in flight. gRPC's examples have 10, which is less than one busy instance has in flight.
   */
  maxTokens: 200,
  /** Retries go on while fewer than one attempt in eleven fails; at the edge they add a tenth of the load at most. */
  tokenRatio: 0.1,
} as const;

export const defaultHedging = {
  /** The first and one more: the third of three slow ones helps next to nobody. */
  maxAttempts: 2,
  /** Adds 5 % of load at most, half of what the budget earns, and cuts most of the tail ("The Tail at Scale"). */
  percentile: 95,
  /** Sooner than that, a pause of the garbage collector sets hedges off, and there is little to win. */
  minDelayMs: 10,
  nonFatalStatusCodes: [Code.Unavailable],
} as const;

export const defaultLatency = {
  /** Counts are halved as often: the last 10 s count most, and a change shows within seconds. */
  halfLifeMs: 5000,
  /** Five samples beyond the 95th percentile. Below, nothing is estimated. */
  minSamples: 100,
} as const;

export const defaultConcurrency = {
  /** A service that waits for its database does not notice 100 calls; a cold start gets what it needs in a few windows. */
  initialLimit: 100,
  /** Less would idle a service that waits for several things at a time. */
  minLimit: 8,
  /** As many streams as one connection may have: memory is the bound then. */
  maxLimit: 1000,
  /** Long enough for samples, short enough to act before a caller's deadline. */
  windowMs: 100,
  /** Of fewer samples the mean says little: a window goes on until it has them. */
  minSamples: 16,
  /** Calls may take 1.5 times as long as without a queue: below, the noise of the mean would cost throughput. */
  tolerance: 1.5,
  /** What the limit may grow by at a time, as a part of it: probes for capacity that has come back. */
  growth: 0.1,
  /** The same while calls are turned away and there is no queue at all: from 8 to 100 in 12 windows, after a bad time or at first. */
  fastGrowth: 0.25,
  /** Part of each change that is made at once; the rest waits for the next window. */
  smoothing: 0.5,
  /** While it limits, the limit is halved this often for two windows, to see what calls take without a queue. */
  probeEveryMs: 5000,
  /** A loop that turns more slowly than this is overloaded, whatever the handlers' own clocks say. */
  eventLoopDelayMs: 50,
  /** Callers are asked to wait for at least this long, so that a refusal costs less than an answer. */
  minRetryAfterMs: 10,
  /** And no longer than this: the limit looks different after it. */
  maxRetryAfterMs: 1000,
} as const;

export const defaultWaiting = {
  /**
   * As late as the event loop may be. A server whose calls take 20 us answers 1000 that come all at once in less; one whose calls
   * take 50 ms answers few of those who wait, and the rest has lost a hundredth of the usual deadline.
   */
  maxWaitMs: 50,
  /** As many as may be worked on at most: what waits is in memory. */
  maxCalls: 1000,
  /** So long without a refusal, and an overload is over: by then those have come back who were asked to wait. */
  closedMs: 1000,
} as const;

export const defaultRest = {
  /** Waits beyond what the instance asks for, up to this part more. */
  jitter: 0.5,
  /** No instance is left alone for longer on its word alone: one wrong number must not take it out of service. */
  maxRestMs: 10_000,
} as const;

export const defaultThrottle = {
  /** Twice what is accepted is sent: half of it is turned away at worst, and recovery is seen at once (SRE book, ch. 21). */
  ratio: 2,
  /** The book has 2 minutes; here an overload is forgotten 3 s after its end, and not a minute. */
  windowMs: 3000,
  /** Of fewer calls in the window none is turned away: chance would decide. */
  minRequests: 20,
  /** One call in ten is sent whatever happened: else nobody would notice that the service is back. */
  maxRejection: 0.9,
} as const;

/**
 * What a whole server lets in at least, in the place of `minLimit`. What calls take also grows when they wait for each other
 * (a lock on one row, a pool of ten connections): with less, 32 buyers of one scarce item were turned away by a server that
 * merely had to serve them in turn.
 */
export const serverMinLimit = 64;
