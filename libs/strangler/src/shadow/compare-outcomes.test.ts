import { ErrorInfoSchema, RetryInfoSchema } from "@banyan/stubs-standard/error-details";
import { GetUserResponseSchema, UserService } from "@banyan/stubs-user";
import { create } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import { describe, expect, it } from "vitest";
import { parseTrafficRule } from "../rule/traffic-rule.ts";
import { compareOutcomes, type Ended } from "./compare-outcomes.ts";
import { comparisonRules } from "./comparison-rules.ts";

type End = Ended<typeof GetUserResponseSchema>;

const rules = comparisonRules(parseTrafficRule({ mode: "off" }).shadow, "GetUser");
const answer: End = { tag: "answer", message: create(GetUserResponseSchema, { userId: "1" }) };
const refusal = (code: Code, reason?: string, message = "no"): End => {
  const details = reason === undefined ? [] : [{ desc: ErrorInfoSchema, value: { reason, domain: "user.banyan" } }];
  return { tag: "error", error: new ConnectError(message, code, undefined, details) };
};
const overload: End = {
  tag: "error",
  error: new ConnectError("busy", Code.ResourceExhausted, undefined, [
    { desc: RetryInfoSchema, value: { retryDelay: { seconds: 1n } } },
  ]),
};
const compare = (legacy: End, candidate: End) =>
  compareOutcomes(UserService.method.getUser, legacy, candidate, rules)?.differences;

describe("compareOutcomes", () => {
  it.each<[string, End, End, string, string]>([
    ["an answer and a refusal", answer, refusal(Code.NotFound, "USER_NOT_FOUND"), "OK", "NOT_FOUND USER_NOT_FOUND"],
    ["two codes", refusal(Code.InvalidArgument), refusal(Code.NotFound), "INVALID_ARGUMENT", "NOT_FOUND"],
    ["two reasons of one code", refusal(Code.NotFound, "A"), refusal(Code.NotFound, "B"), "NOT_FOUND A", "NOT_FOUND B"],
    ["a reason and none", refusal(Code.NotFound, "A"), refusal(Code.NotFound), "NOT_FOUND A", "NOT_FOUND"],
  ])("tells %s apart", (_, left, right, legacy, candidate) => {
    expect(compare(left, right)).toEqual([{ path: "(status)", legacy, candidate }]);
  });

  it("does not mind another message of the same refusal", () => {
    expect(compare(refusal(Code.NotFound, "A", "one"), refusal(Code.NotFound, "A", "other"))).toEqual([]);
    expect(compare(answer, answer)).toEqual([]);
  });

  it.each<[string, End, End]>([
    ["the candidate has failed", answer, refusal(Code.Unavailable)],
    ["the legacy has failed", refusal(Code.Internal), answer],
    ["both have failed", refusal(Code.Internal), refusal(Code.Internal)],
    ["the caller has gone", answer, refusal(Code.Canceled)],
    ["one is overloaded", overload, answer],
  ])("says nothing where %s", (_, legacy, candidate) => {
    expect(compare(legacy, candidate)).toBeUndefined();
  });
});
