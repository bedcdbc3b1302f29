import { MethodOptions_IdempotencyLevel as Idempotency } from "@bufbuild/protobuf/wkt";
import { Code } from "@connectrpc/connect";
import { describe, expect, it } from "vitest";
import { defaultMethodPolicy } from "./policy.ts";
import { decideRetry, type AttemptFailure, type CallProgress } from "./retry.ts";
import { RetryBudget } from "./retry-budget.ts";

const { retry: policy } = defaultMethodPolicy;

const first: CallProgress = {
  idempotency: Idempotency.IDEMPOTENT,
  previousAttempts: 0,
  attempts: 1,
  transparentRetries: 0,
  leftMs: 5000,
};
const unavailable: AttemptFailure = { tag: "answered", code: Code.Unavailable };

function spent(): RetryBudget {
  const budget = new RetryBudget({ maxTokens: 2 });
  budget.failed();
  return budget;
}

function decide(call: Partial<CallProgress>, failure: AttemptFailure, budget = new RetryBudget(), random = 0.5) {
  return decideRetry(policy, { ...first, ...call }, failure, budget, random);
}

const again = (delayMs: number) => ({ tag: "retry", delayMs, transparent: false });
const giveUp = (why: string) => ({ tag: "give up", why });
const { IDEMPOTENCY_UNKNOWN, NO_SIDE_EFFECTS, IDEMPOTENT } = Idempotency;

describe("decideRetry", () => {
  it.each<[string, Partial<CallProgress>, AttemptFailure, object]>([
    ["UNAVAILABLE of a read", { idempotency: NO_SIDE_EFFECTS }, unavailable, again(12.5)],
    ["UNAVAILABLE of an idempotent write", { idempotency: IDEMPOTENT }, unavailable, again(12.5)],
    ["UNAVAILABLE of another write", { idempotency: IDEMPOTENCY_UNKNOWN }, unavailable, giveUp("not idempotent")],
    ["a code that is not listed", {}, { tag: "answered", code: Code.Internal }, giveUp("code not retryable")],
    ["an attempt that timed out", {}, { tag: "timed out" }, again(12.5)],
    ["a write that timed out", { idempotency: IDEMPOTENCY_UNKNOWN }, { tag: "timed out" }, giveUp("not idempotent")],
    ["a write that was refused", { idempotency: IDEMPOTENCY_UNKNOWN }, { tag: "refused" }, again(12.5)],
    ["a refusal with a wait", {}, { tag: "refused", pushbackMs: 100 }, again(110)],
    ["pushback", {}, { ...unavailable, pushbackMs: 1000 }, again(1100)],
    ["pushback of 0", {}, { ...unavailable, pushbackMs: 0 }, again(0)],
    ["negative pushback", {}, { ...unavailable, pushbackMs: -1 }, giveUp("server asks not to")],
    ["endless pushback", { leftMs: Infinity }, { ...unavailable, pushbackMs: 60_001 }, giveUp("server asks not to")],
    ["unreadable pushback", {}, { ...unavailable, pushbackMs: Number.NaN }, giveUp("server asks not to")],
    ["pushback beyond the deadline", { leftMs: 500 }, { ...unavailable, pushbackMs: 500 }, giveUp("no time left")],
    ["the second attempt", { attempts: 2 }, unavailable, again(25)],
    ["the third attempt", { attempts: 3 }, unavailable, giveUp("attempts used up")],
    ["an attempt of somebody else's", { previousAttempts: 1 }, unavailable, giveUp("retry of a retry")],
    ["a deadline that just fits", { leftMs: 14.5 }, unavailable, again(12.5)],
    ["a deadline that does not fit", { leftMs: 14.4 }, unavailable, giveUp("no time left")],
    ["no deadline", { leftMs: Infinity }, unavailable, again(12.5)],
  ])("%s", (_, call, failure, decision) => {
    const { tag, ...rest } = decide(call, failure);
    expect({ tag, ...rest }).toEqual(
      "delayMs" in decision ? { ...decision, delayMs: expect.closeTo(Number(decision.delayMs)) } : decision,
    );
  });

  it("waits by lot, up to a bound that grows", () => {
    const waits = [0, 0.25, 0.999].map((random) => decide({}, unavailable, new RetryBudget(), random));
    expect(waits).toEqual([again(0), again(6.25), again(expect.closeTo(24.975))]);
  });

  it.each([IDEMPOTENCY_UNKNOWN, NO_SIDE_EFFECTS, IDEMPOTENT])(
    "makes what was not processed again at once, whatever the budget, up to a number: idempotency level %d",
    (idempotency) => {
      const call = { idempotency, previousAttempts: 3, attempts: 5 };
      const budget = spent();
      const decisions = Array.from({ length: 17 }, (_, transparentRetries) =>
        decide({ ...call, transparentRetries }, { tag: "not processed" }, budget),
      );
      expect(decisions.slice(0, 16)).toEqual(Array.from({ length: 16 }, () => ({ ...again(0), transparent: true })));
      expect(decisions[16]).toEqual(giveUp("attempts used up"));
      expect(budget.tokens).toBe(1);
      expect(decide({ ...call, leftMs: 1 }, { tag: "not processed" })).toEqual(giveUp("no time left"));
    },
  );

  it("makes nothing again without a policy but what was not processed", () => {
    const budget = new RetryBudget();
    expect(decideRetry(undefined, first, unavailable, budget, 0)).toEqual(giveUp("no retry policy"));
    expect(decideRetry(undefined, first, { tag: "not processed" }, budget, 0)).toMatchObject({ tag: "retry" });
  });

  it("charges the budget for what could have been tried again, tried or not", () => {
    const budget = new RetryBudget();
    decide({}, unavailable, budget);
    decide({ idempotency: IDEMPOTENCY_UNKNOWN }, unavailable, budget);
    decide({}, { tag: "timed out" }, budget);
    decide({}, { tag: "refused" }, budget);
    expect(budget.tokens).toBe(196);
    decide({}, { tag: "answered", code: Code.NotFound }, budget);
    expect(budget.tokens).toBe(196);
  });

  it("tries nothing again when the budget is used up", () => {
    expect(decide({}, unavailable, spent())).toEqual(giveUp("budget used up"));
    expect(decide({}, { tag: "refused" }, spent())).toEqual(giveUp("budget used up"));
  });
});
