import { MethodOptions_IdempotencyLevel as Idempotency } from "@bufbuild/protobuf/wkt";
import type { Code } from "@connectrpc/connect";
import { backoffMs, type Backoff } from "./backoff.ts";
import { defaultRetry } from "./defaults.ts";
import type { RetryBudget } from "./retry-budget.ts";

/** The names are those of gRPC's `retryPolicy`. */
export interface RetryPolicy extends Backoff {
  /** The first one included. */
  readonly maxAttempts: number;
  readonly retryableStatusCodes: ReadonlySet<Code>;
  /** When an attempt that is not the last is given up; undefined lets `attemptTimeoutMs` choose. */
  readonly perAttemptRecvTimeoutMs: number | undefined;
}

/**
 * How an attempt has failed.
 *
 * - `not processed`: no server has worked on it, nor will: refused stream, GOAWAY, connection refused
 * - `refused`: a server has said before any work that it is overloaded
 * - `timed out`: it has had its own time, and the call has some left; the server may still work on it
 * - `answered`: any other end, by the server's answer or by the loss of the connection (UNAVAILABLE)
 *
 * `pushbackMs` is what the server asks for: `pushbackMsOf(header)`, or google.rpc.RetryInfo. Leave RetryInfo out when
 * another instance than the one that sent it is tried next: it speaks of that instance alone.
 */
export type AttemptFailure =
  | { readonly tag: "not processed" }
  | { readonly tag: "refused"; readonly pushbackMs?: number | undefined }
  | { readonly tag: "timed out" }
  | { readonly tag: "answered"; readonly code: Code; readonly pushbackMs?: number | undefined };

/** Where a call stands when an attempt of it has failed. */
export interface CallProgress {
  /** `idempotency` of the method's descriptor. */
  readonly idempotency: Idempotency;
  /** `grpc-previous-rpc-attempts` of the call that is being worked on; 0 where there is none. */
  readonly previousAttempts: number;
  /** Attempts made so far, hedges included, transparent retries not. */
  readonly attempts: number;
  readonly transparentRetries: number;
  /** What is left until the deadline, in milliseconds; Infinity for none. */
  readonly leftMs: number;
}

/** Why a call is not tried again; a word for logs and metrics. */
export type NoRetry =
  | "no retry policy"
  | "code not retryable"
  | "not idempotent"
  | "retry of a retry"
  | "attempts used up"
  | "server asks not to"
  | "no time left"
  | "budget used up";

export type RetryDecision =
  | { readonly tag: "retry"; readonly delayMs: number; readonly transparent: boolean }
  | { readonly tag: "give up"; readonly why: NoRetry };

/**
 * Whether an attempt is followed by another one, and when. A retry goes to another instance where there is one.
 *
 * The budget is charged for each failure that a retry could have mended, so that it knows how the service does; call
 * `budget.succeeded()` for attempts that were answered.
 *
 * @param policy undefined where the method has none: then only transparent retries are made
 * @param random in [0, 1)
 */
export function decideRetry(
  policy: RetryPolicy | undefined,
  call: CallProgress,
  failure: AttemptFailure,
  budget: Pick<RetryBudget, "allows" | "failed">,
  random: number,
): RetryDecision {
  if (failure.tag === "not processed") {
    if (call.transparentRetries >= defaultRetry.maxTransparentRetries) return giveUp("attempts used up");
    if (call.leftMs < defaultRetry.minAttemptMs) return giveUp("no time left");
    return { tag: "retry", delayMs: 0, transparent: true };
  }
  if (policy === undefined) return giveUp("no retry policy");
  if (failure.tag === "answered" && !policy.retryableStatusCodes.has(failure.code)) return giveUp("code not retryable");

  budget.failed();
  if (failure.tag !== "refused" && !isIdempotent(call.idempotency)) return giveUp("not idempotent");
  if (call.previousAttempts > 0) return giveUp("retry of a retry");
  if (call.attempts >= policy.maxAttempts) return giveUp("attempts used up");
  const pushbackMs = failure.tag === "timed out" ? undefined : failure.pushbackMs;
  if (pushbackMs !== undefined && !(pushbackMs >= 0 && pushbackMs <= defaultRetry.maxPushbackMs)) {
    return giveUp("server asks not to");
  }
  const delayMs =
    pushbackMs === undefined
      ? backoffMs(policy, call.attempts, random)
      : pushbackMs * (1 + random * defaultRetry.pushbackJitter);
  if (delayMs + defaultRetry.minAttemptMs > call.leftMs) return giveUp("no time left");
  if (!budget.allows) return giveUp("budget used up");
  return { tag: "retry", delayMs, transparent: false };
}

function isIdempotent(level: Idempotency): boolean {
  return level === Idempotency.NO_SIDE_EFFECTS || level === Idempotency.IDEMPOTENT;
}

function giveUp(why: NoRetry): RetryDecision {
  return { tag: "give up", why };
}
