import { errorReasonOf } from "@banyan/rpc";
import { statusCodeOf } from "@banyan/telemetry";
import type { DescMessage, DescMethodUnary, MessageShape } from "@bufbuild/protobuf";
import type { ConnectError } from "@connectrpc/connect";
import { outcomeOf } from "../outcome.ts";
import { compareMessages, type Comparison } from "./compare-messages.ts";
import type { ComparisonRules } from "./comparison-rules.ts";

/** How a call has ended on one side. */
export type Ended<O extends DescMessage> =
  | { readonly tag: "answer"; readonly message: MessageShape<O> }
  | { readonly tag: "error"; readonly error: ConnectError };

/** The path of a difference in code or reason. */
export const statusPath = "(status)";

/**
 * Compares how a call has ended on both sides: answers by their fields, refusals by code and reason.
 *
 * @returns undefined where a side has failed, or was not waited for: that says nothing of what it would have answered
 */
export function compareOutcomes<I extends DescMessage, O extends DescMessage>(
  method: DescMethodUnary<I, O>,
  legacy: Ended<O>,
  candidate: Ended<O>,
  rules: ComparisonRules,
): Comparison | undefined {
  if ([legacy, candidate].some((end) => end.tag === "error" && outcomeOf(end.error) !== "answered")) return undefined;
  if (legacy.tag === "answer" && candidate.tag === "answer") {
    return compareMessages(method.output, legacy.message, candidate.message, rules);
  }
  const [left, right] = [statusOf(legacy), statusOf(candidate)];
  const differences = left === right ? [] : [{ path: statusPath, legacy: left, candidate: right }];
  return { differences, complete: true };
}

/** `NOT_FOUND USER_NOT_FOUND`: what a caller decides by. The message is for people, and may differ. */
function statusOf(end: Ended<DescMessage>): string {
  if (end.tag === "answer") return "OK";
  const code = statusCodeOf(end.error);
  const reason = errorReasonOf(end.error)?.reason;
  return reason === undefined ? code : `${code} ${reason.slice(0, 63)}`;
}
