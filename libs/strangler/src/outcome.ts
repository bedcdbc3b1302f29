import { retryDelayOf } from "@banyan/rpc";
import { Code, type ConnectError } from "@connectrpc/connect";

/**
 * What the end of a call says of the side that was asked.
 *
 * - `answered`: it has done its work, be it to refuse
 * - `failed`: it has not
 * - `abandoned`: nothing, for the caller has gone
 */
export type Outcome = "answered" | "failed" | "abandoned";

/** Codes of infrastructure, and of a side that lacks the method. */
export const failureCodes: ReadonlySet<Code> = new Set([
  Code.Unavailable,
  Code.Internal,
  Code.Unknown,
  Code.DeadlineExceeded,
  Code.Unimplemented,
  Code.DataLoss,
]);

/** @param error undefined for a call that was answered OK */
export function outcomeOf(error: ConnectError | undefined): Outcome {
  if (error === undefined) return "answered";
  if (error.code === Code.Canceled) return "abandoned";
  // With RetryInfo it is overload; without, a quota or a message that is too large, and either side would say so.
  const isOverload = error.code === Code.ResourceExhausted && retryDelayOf(error) !== undefined;
  return isOverload || failureCodes.has(error.code) ? "failed" : "answered";
}
