import { setTimeout as sleep } from "node:timers/promises";
import type { Picked } from "@banyan/balancer";
import {
  attemptTimeoutMs,
  decideRetry,
  hedgeDelayMs,
  remainingMs,
  type AdaptiveThrottle,
  type CallProgress,
  type InstanceRests,
  type LatencyTracker,
  type MethodPolicy,
  type RetryBudget,
  type RetryDecision,
} from "@banyan/resilience";
import type { Logger } from "@banyan/telemetry";
import { MethodOptions_IdempotencyLevel as Idempotency } from "@bufbuild/protobuf/wkt";
import { Code, ConnectError } from "@connectrpc/connect";
import { attemptFailureOf, outcomeOf, retryDelayOf } from "./call-outcome.ts";
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

type Ended<Answer> =
  { readonly tag: "answer"; readonly answer: Answer } | { readonly tag: "failed"; readonly error: ConnectError };

/**
 * Makes a call, on one instance after the other where the policy allows it, and on two at once where one is slow, until
 * one has answered or nothing more may be tried.
 */
export class UnaryCall<Answer> {
  readonly #calls: ServiceCalls;
  readonly #plan: UnaryPlan<Answer>;
  #attempts = 0;
  #transparentRetries = 0;
  /** Those that were asked: most calls ask one. */
  #first: string | undefined;
  #tried: Set<string> | undefined;

  constructor(calls: ServiceCalls, plan: UnaryPlan<Answer>) {
    this.#calls = calls;
    this.#plan = plan;
  }

  async answer(): Promise<Answer> {
    const { name, throttle } = this.#calls;
    if (!throttle.admits(performance.now(), Math.random())) {
      throw new ConnectError(`${name} turns most calls away: this one was not sent`, Code.ResourceExhausted);
    }
    let picked = this.#pick() ?? (await this.#firstToCome());
    for (;;) {
      const ended = await this.#attemptHedged(picked);
      if (ended.tag === "answer") return ended.answer;
      picked = await this.#pickAfter(ended.error);
    }
  }

  /** Waits for an instance while none is known. @throws RESOURCE_EXHAUSTED when all that are known rest */
  async #firstToCome(): Promise<Picked<Member>> {
    const { fleet, name } = this.#calls;
    if (fleet.size > 0) {
      throw new ConnectError(
        `every instance of ${name} has asked to be left alone for a while`,
        Code.ResourceExhausted,
      );
    }
    return fleet.next(Math.min(this.#leftMs(), this.#plan.waitMs), this.#plan.signal, this.#request());
  }

  /** The instance for the next attempt, when it is time for it. @throws the error, when there is to be none */
  async #pickAfter(error: ConnectError): Promise<Picked<Member>> {
    if (this.#plan.signal?.aborted === true) throw error;
    const other = this.#pick();
    const decision = this.#decide(error, other !== undefined);
    if (decision.tag === "give up" || !(await this.#pause(decision.delayMs))) {
      other?.done("neutral");
      throw error;
    }
    const { transparent } = decision;
    this.#calls.log?.debug({ callee: this.#calls.name, error, transparent }, "call is tried again");
    if (transparent) {
      this.#transparentRetries++;
      this.#attempts--;
    }
    if (other !== undefined) return other;
    this.#first = this.#tried = undefined;
    const again = transparent ? undefined : this.#pick();
    if (again === undefined) throw error;
    return again;
  }

  #decide(error: ConnectError, hasOther: boolean): RetryDecision {
    const leftMs = this.#leftMs();
    const failure = attemptFailureOf(error, leftMs > 0);
    // What an instance asks for is about that instance: where another one is tried there is nothing to wait for.
    const askedMs = hasOther ? undefined : retryDelayOf(error);
    const isAsking = askedMs !== undefined && (failure.tag === "answered" || failure.tag === "refused");
    return decideRetry(
      this.#plan.policy.retry,
      this.#progress(leftMs),
      isAsking ? { pushbackMs: askedMs, ...failure } : failure,
      this.#calls.budget,
      Math.random(),
    );
  }

  /** @returns whether the call goes on after it */
  async #pause(ms: number): Promise<boolean> {
    if (ms <= 0) return true;
    try {
      await sleep(ms, undefined, { signal: this.#plan.signal });
      return true;
    } catch {
      return false;
    }
  }

  /** Makes an attempt, and more of them beside it while it is slow. */
  async #attemptHedged(picked: Picked<Member>): Promise<Ended<Answer>> {
    const delayMs = this.#hedgeDelayMs();
    if (delayMs === undefined) return this.#attempt(picked, this.#plan.signal);

    const { signal } = this.#plan;
    const { nonFatalStatusCodes } = this.#plan.policy.hedging ?? {};
    const over = new AbortController();
    const ended = signal === undefined ? over.signal : AbortSignal.any([signal, over.signal]);
    const running = new Set([this.#attempt(picked, ended)]);
    try {
      for (let nextHedgeMs: number | undefined = delayMs; ;) {
        const first = await firstOf(running, nextHedgeMs);
        if (first === "late") {
          const other = this.#pickForHedge();
          if (other !== undefined) running.add(this.#attempt(other, ended));
          nextHedgeMs = other && this.#hedgeDelayMs();
          continue;
        }
        running.delete(first.attempt);
        if (first.ended.tag === "answer" || running.size === 0) return first.ended;
        if (nonFatalStatusCodes?.has(first.ended.error.code) !== true) return first.ended;
      }
    } finally {
      over.abort(new ConnectError("another instance was faster", Code.Canceled));
    }
  }

  /** Makes one attempt. Never rejects. */
  async #attempt(picked: Picked<Member>, signal: AbortSignal | undefined): Promise<Ended<Answer>> {
    const { budget, throttle, rests } = this.#calls;
    const { policy, latency, previousAttempts, deadline, attempt } = this.#plan;
    const startedAt = performance.now();
    const leftMs = remainingMs(deadline, startedAt);
    const attemptsLeft = this.#mayRetry() ? (policy.retry?.maxAttempts ?? 1) - this.#attempts : 1;
    const slowMs = attemptsLeft > 1 ? latency.percentileMs(99, startedAt) : undefined;
    const timeoutMs = attemptTimeoutMs(leftMs, attemptsLeft, policy.retry?.perAttemptRecvTimeoutMs, slowMs);
    const member = picked.instance;
    const options = {
      timeoutMs: timeoutMs === Infinity ? undefined : Math.ceil(timeoutMs),
      signal,
      previousAttempts: previousAttempts + this.#attempts,
    };
    this.#attempts++;
    this.#note(member.id);
    try {
      if (leftMs <= 0) throw new ConnectError("the operation timed out", Code.DeadlineExceeded);
      const answer = await attempt(member, options);
      const now = performance.now();
      picked.done("success");
      budget.succeeded();
      throttle.accepted(now);
      latency.record(now - startedAt, now);
      return { tag: "answer", answer };
    } catch (cause) {
      const error = ConnectError.from(cause);
      const now = performance.now();
      const isGivenUp = signal?.aborted === true;
      picked.done(isGivenUp ? "neutral" : outcomeOf(error));
      const retryAfterMs = error.code === Code.ResourceExhausted ? retryDelayOf(error) : undefined;
      if (retryAfterMs !== undefined) rests.rest(member.id, retryAfterMs, now, Math.random());
      else throttle.accepted(now);
      if (!isGivenUp && policy.retry?.retryableStatusCodes.has(error.code) !== true) budget.succeeded();
      if (error.code === Code.DeadlineExceeded) latency.record(now - startedAt, now);
      return { tag: "failed", error };
    }
  }

  /** An instance that was not tried and has not asked for a rest. */
  #pick(): Picked<Member> | undefined {
    const { fleet, rests } = this.#calls;
    let exclude: ReadonlySet<string> | undefined =
      this.#tried ?? (this.#first === undefined ? undefined : new Set([this.#first]));
    for (;;) {
      const picked = fleet.pick(this.#request(exclude));
      if (picked === undefined || !rests.isResting(picked.instance.id, performance.now())) return picked;
      picked.done("neutral");
      exclude = new Set(exclude).add(picked.instance.id);
    }
  }

  #pickForHedge(): Picked<Member> | undefined {
    const other = this.#pick();
    if (other === undefined || this.#calls.budget.payForHedge()) return other;
    other.done("neutral");
    return undefined;
  }

  #note(id: string): void {
    if (this.#first === undefined) this.#first = id;
    else (this.#tried ??= new Set([this.#first])).add(id);
  }

  #request(exclude?: ReadonlySet<string>) {
    const { key } = this.#plan;
    if (key === undefined && exclude === undefined) return undefined;
    return { ...(key !== undefined && { key }), ...(exclude !== undefined && { exclude }) };
  }

  #hedgeDelayMs(): number | undefined {
    const { policy, latency } = this.#plan;
    if (policy.hedging === undefined) return undefined;
    const now = performance.now();
    // Of attempts, the one that is about to be made has not been counted before the first.
    return hedgeDelayMs(
      policy.hedging,
      { ...this.#progress(this.#leftMs()), attempts: Math.max(1, this.#attempts) },
      latency,
      now,
    );
  }

  #mayRetry(): boolean {
    const { policy, idempotency, previousAttempts } = this.#plan;
    return policy.retry !== undefined && idempotency !== Idempotency.IDEMPOTENCY_UNKNOWN && previousAttempts === 0;
  }

  #progress(leftMs: number): CallProgress {
    const { idempotency, previousAttempts } = this.#plan;
    return {
      idempotency,
      previousAttempts,
      attempts: this.#attempts,
      transparentRetries: this.#transparentRetries,
      leftMs,
    };
  }

  #leftMs(): number {
    return remainingMs(this.#plan.deadline, performance.now());
  }
}

/** The first of some attempts to end; `late` when none has after `ms`, where a time is given. */
async function firstOf<T>(
  running: ReadonlySet<Promise<T>>,
  ms: number | undefined,
): Promise<{ readonly attempt: Promise<T>; readonly ended: T } | "late"> {
  const attempts = [...running].map(async (attempt) => ({ attempt, ended: await attempt }));
  if (ms === undefined) return Promise.race(attempts);
  const { promise: late, resolve } = Promise.withResolvers<"late">();
  const timer = setTimeout(() => resolve("late"), ms);
  try {
    return await Promise.race([...attempts, late]);
  } finally {
    clearTimeout(timer);
  }
}
