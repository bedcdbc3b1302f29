import { RetryInfoSchema } from "@banyan/stubs-standard/error-details";
import { Code, ConnectError } from "@connectrpc/connect";
import { failures, refusals, type Advice } from "./error-table.ts";

const byCode: ReadonlyMap<Code, Advice> = new Map(
  [...Object.values(refusals), ...Object.values(failures)].map(({ code, advice }) => [code, advice]),
);

/**
 * What to do about a call that has failed, by its status and google.rpc.RetryInfo. Statuses that no error of ours has are
 * `give up`.
 *
 * `retry here` after DEADLINE_EXCEEDED is for methods that declare an idempotency_level, and for those that dedupe by a key:
 * the work may have been done.
 */
export function adviceOf(error: unknown): Advice {
  if (!(error instanceof ConnectError)) return "give up";
  // With a delay it is the instance that is busy; without one a quota is used up, on every instance.
  if (error.code === Code.ResourceExhausted && error.findDetails(RetryInfoSchema).length > 0) return "retry elsewhere";
  return byCode.get(error.code) ?? "give up";
}
