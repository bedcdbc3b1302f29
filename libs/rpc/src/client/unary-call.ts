import { setTimeout as sleep } from "node:timers/promises";
import type { Picked } from "@banyan/balancer";
import {
  attemptTimeoutMs,
  decideRetry,
  hedgeDelayMs,
  remainingMs,
  type CallProgress,
  type RetryDecision,
} from "@banyan/resilience";
import { MethodOptions_IdempotencyLevel as Idempotency } from "@bufbuild/protobuf/wkt";
import { Code, ConnectError } from "@connectrpc/connect";
import type { AttemptKind } from "./call-observer.ts";
import { turnedAway } from "../wire/turned-away.ts";
import { attemptFailureOf, outcomeOf, retryDelayOf } from "./call-outcome.ts";
import type { ServiceCalls, UnaryPlan } from "./call-plan.ts";
import { Candidates } from "./candidates.ts";
import type { Member } from "./fleet.ts";
import { SideBySide } from "./side-by-side.ts";

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
  /** Of the attempt that is made next. */
  #kind: AttemptKind = "first";
  readonly #candidates: Candidates;

  constructor(calls: ServiceCalls, plan: UnaryPlan<Answer>) {
    this.#calls = calls;
    this.#plan = plan;
    this.#candidates = new Candidates(calls.fleet, calls.rests, plan.key);
  }

  async answer(): Promise<Answer> {
    const { name, throttle } = this.#calls;
    if (!throttle.admits(performance.now(), Math.random())) {
      this.#calls.observer?.shed("throttled");
      throw new ConnectError(`${name} turns most calls away: this one was not sent`, Code.ResourceExhausted);
    }
    let picked = this.#candidates.pick() ?? (await this.#firstToCome());
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
      this.#calls.observer?.shed("resting");
      throw turnedAway(`every instance of ${name} has asked to be left alone for a while`, this.#candidates.soonestMs);
    }
    return fleet.next(Math.min(this.#leftMs(), this.#plan.waitMs), this.#plan.signal, this.#candidates.request());
  }

  /** The instance for the next attempt, when it is time for it. @throws the error, when there is to be none */
  async #pickAfter(error: ConnectError): Promise<Picked<Member>> {
    if (this.#plan.signal?.aborted === true) throw error;
    const other = this.#candidates.pick();
    const decision = this.#decide(error, other !== undefined);
    if (decision.tag === "give up") this.#calls.observer?.gaveUp(decision.why);
    if (decision.tag === "give up" || !(await this.#pause(decision.delayMs))) {
      other?.done("neutral");
      throw error;
    }
    const { transparent } = decision;
    this.#calls.log?.debug({ callee: this.#calls.name, error, transparent }, "call is tried again");
    this.#kind = transparent ? "transparent" : "retry";
    if (transparent) {
      this.#transparentRetries++;
      this.#attempts--;
    }
    if (other !== undefined) return other;
    this.#candidates.forget();
    const again = transparent ? undefined : this.#candidates.pick();
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
    const delayMs = this.#calls.fleet.size > 1 ? this.#hedgeDelayMs() : undefined;
    if (delayMs === undefined) return this.#attempt(picked, this.#plan.signal);

    const { nonFatalStatusCodes } = this.#plan.policy.hedging ?? {};
    const over = new AbortController();
    using _link = abortWith(this.#plan.signal, over);
    const running = new SideBySide([this.#attempt(picked, over.signal)]);
    try {
      for (let nextHedgeMs: number | undefined = delayMs; ;) {
        const first = await running.next(nextHedgeMs);
        if (first === undefined) {
          const other = this.#pickForHedge();
          this.#kind = "hedge";
          if (other !== undefined) running.add(this.#attempt(other, over.signal));
          nextHedgeMs = other && this.#hedgeDelayMs();
          continue;
        }
        if (first.tag === "answer" || running.size === 0) return first;
        if (nonFatalStatusCodes?.has(first.error.code) !== true) return first;
      }
    } finally {
      // An error and its stack cost more than the rest of this method: they are made for somebody, or not at all.
      if (running.size > 0) over.abort(new ConnectError("another instance was faster", Code.Canceled));
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
    this.#calls.observer?.attempted(this.#kind);
    this.#candidates.note(member.id);
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
      if (retryAfterMs === undefined) throttle.accepted(now);
      else {
        throttle.refused(now);
        rests.rest(member.id, retryAfterMs, now, Math.random());
      }
      if (!isGivenUp && policy.retry?.retryableStatusCodes.has(error.code) !== true) budget.succeeded();
      if (error.code === Code.DeadlineExceeded) latency.record(now - startedAt, now);
      return { tag: "failed", error };
    }
  }

  #pickForHedge(): Picked<Member> | undefined {
    const other = this.#candidates.pick();
    if (other === undefined || this.#calls.budget.payForHedge()) return other;
    other.done("neutral");
    return undefined;
  }

  /** When, from the newest attempt on, another one is made beside it; undefined when there is to be none. */
  #hedgeDelayMs(): number | undefined {
    const { policy, latency } = this.#plan;
    if (policy.hedging === undefined && !this.#mayRetry()) return undefined;
    const now = performance.now();
    // Of attempts, the one that is about to be made has not been counted before the first.
    const attempts = Math.max(1, this.#attempts);
    const leftMs = this.#leftMs();
    return (
      hedgeDelayMs(policy.hedging, { ...this.#progress(leftMs), attempts }, latency, now) ??
      this.#standInDelayMs(attempts, leftMs, now)
    );
  }

  /**
   * While it is not known how long the method takes, no attempt is cut off: it may be slow by nature, or its instance may
   * stand still. Another instance is asked beside it after an even share of the time.
   */
  #standInDelayMs(attempts: number, leftMs: number, now: number): number | undefined {
    const { policy, latency } = this.#plan;
    const { maxAttempts = 1, perAttemptRecvTimeoutMs } = policy.retry ?? {};
    const isCutOff = perAttemptRecvTimeoutMs !== undefined || latency.percentileMs(99, now) !== undefined;
    if (!this.#mayRetry() || isCutOff || attempts >= maxAttempts || leftMs === Infinity) return undefined;
    return leftMs / (maxAttempts - attempts + 1);
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

/** Aborts `controller` with `signal`, until it is disposed of; `AbortSignal.any` costs three times as much. */
function abortWith(signal: AbortSignal | undefined, controller: AbortController): Disposable {
  const abort = (): void => controller.abort(signal?.reason);
  if (signal?.aborted === true) abort();
  else signal?.addEventListener("abort", abort);
  return { [Symbol.dispose]: () => signal?.removeEventListener("abort", abort) };
}
