import type { AdaptiveThrottle, InstanceRests, LatencyTracker, MethodPolicy, RetryBudget } from "@banyan/resilience";
import type { Logger } from "@banyan/telemetry";
import type { MethodOptions_IdempotencyLevel as Idempotency } from "@bufbuild/protobuf/wkt";
import type { CallObserver } from "./call-observer.ts";
import type { Fleet, Member } from "./fleet.ts";

/** What all calls to one service share. */
export interface ServiceCalls {
  /** The service, for messages. */
  readonly name: string;
  readonly fleet: Fleet;
  readonly budget: RetryBudget;
  readonly throttle: AdaptiveThrottle;
  readonly rests: InstanceRests;
  readonly log: Logger | undefined;
  readonly observer?: CallObserver | undefined;
}

/** One attempt, as the transport of an instance is to make it. */
export interface AttemptOptions {
  readonly timeoutMs: number | undefined;
  readonly signal: AbortSignal | undefined;
  /** How often the call was tried before, by whomever. */
  readonly previousAttempts: number;
}

/** One call that is to be made. */
export interface UnaryPlan<Answer> {
  readonly policy: MethodPolicy;
  /** Of the calls to the method so far. */
  readonly latency: LatencyTracker;
  readonly idempotency: Idempotency;
  /** Of the call that is being worked on. */
  readonly previousAttempts: number;
  /** By `performance.now()`; Infinity for none. */
  readonly deadline: number;
  /** How long to wait for an instance while none is known, in milliseconds. */
  readonly waitMs: number;
  /** Ends the call: it was given up. */
  readonly signal: AbortSignal | undefined;
  /** Requests of one key go to one instance, where the strategy is `rendezvous`. */
  readonly key: string | undefined;
  readonly attempt: (member: Member, options: AttemptOptions) => Promise<Answer>;
}
