import type { Outcome } from "@banyan/balancer";
import { pushbackHeader, pushbackMsOf, type AttemptFailure } from "@banyan/resilience";
import { RetryInfoSchema } from "@banyan/stubs-standard/error-details";
import { durationMs } from "@bufbuild/protobuf/wkt";
import { Code, type ConnectError } from "@connectrpc/connect";
import { isNotProcessed, NotProcessedError } from "./not-processed-error.ts";

/** What google.rpc.RetryInfo asks for, in milliseconds; undefined where there is none. */
export function retryDelayOf(error: ConnectError): number | undefined {
  const [info] = error.findDetails(RetryInfoSchema);
  return info?.retryDelay && durationMs(info.retryDelay);
}

/**
 * How an attempt has failed, for `decideRetry`.
 *
 * @param hasTimeLeft whether the call has, when the attempt has had its own time
 */
export function attemptFailureOf(error: ConnectError, hasTimeLeft: boolean): AttemptFailure {
  if (isNotProcessed(error)) return { tag: "not processed" };
  const { code } = error;
  if (code === Code.DeadlineExceeded && hasTimeLeft) return { tag: "timed out" };
  // Without RetryInfo it is about the request: a message that is too large, a quota.
  if (code === Code.ResourceExhausted && retryDelayOf(error) !== undefined) return { tag: "refused" };
  const pushbackMs = pushbackMsOf(error.metadata.get(pushbackHeader));
  return { tag: "answered", code, ...(pushbackMs !== undefined && { pushbackMs }) };
}

/** Codes of an instance that did not do its work; all others say that it did, be it to refuse. */
const failures: ReadonlySet<Code> = new Set([
  Code.Unknown,
  Code.DeadlineExceeded,
  Code.Internal,
  Code.Unavailable,
  Code.DataLoss,
]);

/** What an end with an error says of the instance's health. */
export function outcomeOf({ code, cause }: ConnectError): Outcome {
  if (cause instanceof NotProcessedError && cause.reached) return "neutral";
  if (failures.has(code)) return "failure";
  return code === Code.Canceled || code === Code.ResourceExhausted ? "neutral" : "success";
}
