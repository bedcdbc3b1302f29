import { describe, expect, it } from "vitest";
import type { Outcome } from "../outcome.ts";
import { CandidateGuard } from "./candidate-guard.ts";

const rule = { errorPercent: 20, minCalls: 20, cooldownSeconds: 10 };

function guarded() {
  const changes: string[] = [];
  const guard = new CandidateGuard((state) => changes.push(state));
  const call = (outcome: Outcome, now: number): boolean => {
    const admission = guard.admit(rule, now);
    if (admission !== undefined) guard.ended(admission, outcome, rule, now);
    return admission !== undefined;
  };
  const calls = (count: number, outcome: Outcome, now: number): void => {
    for (let index = 0; index < count; index++) call(outcome, now);
  };
  return { guard, changes, call, calls };
}

describe("CandidateGuard", () => {
  it("opens with the failure that makes 20 % of 20 calls", () => {
    const { guard, calls, call } = guarded();
    calls(16, "answered", 0);
    calls(3, "failed", 0);
    expect(guard.state).toBe("closed");
    call("failed", 0);
    expect(guard.state).toBe("open");
  });

  it("concludes nothing of fewer calls, or of fewer failures", () => {
    const few = guarded();
    few.calls(19, "failed", 0);
    expect(few.guard.state).toBe("closed");
    const fine = guarded();
    fine.calls(81, "answered", 0);
    fine.calls(19, "failed", 0);
    expect(fine.guard.state).toBe("closed");
  });

  it("opens with the twentieth failure in a row, however many answers there were before", () => {
    const { guard, calls } = guarded();
    calls(1000, "answered", 0);
    calls(19, "failed", 0);
    calls(1, "answered", 0);
    calls(19, "failed", 0);
    expect(guard.state).toBe("closed");
    calls(1, "failed", 0);
    expect(guard.state).toBe("open");
  });

  it("forgets what was ten seconds ago, and does not count those whose caller has gone", () => {
    const { guard, calls } = guarded();
    calls(18, "failed", 999);
    calls(1, "answered", 999);
    calls(1, "failed", 10_000);
    expect(guard.state).toBe("closed");
    calls(18, "failed", 10_000);
    calls(100, "abandoned", 10_000);
    expect(guard.state).toBe("closed");
    calls(1, "failed", 10_000);
    expect(guard.state).toBe("open");
  });

  it("asks the candidate again after the cooldown, one call at a time, and closes after five answers", () => {
    const { guard, calls, call, changes } = guarded();
    calls(20, "failed", 0);
    expect(call("answered", 9999)).toBe(false);
    const first = guard.admit(rule, 10_000);
    expect(first).toBeDefined();
    expect(guard.admit(rule, 10_001)).toBeUndefined();
    guard.ended(first ?? 0, "answered", rule, 10_002);
    for (let answer = 0; answer < 3; answer++) expect(call("answered", 10_003)).toBe(true);
    expect(guard.state).toBe("probing");
    call("answered", 10_004);
    expect(changes).toEqual(["open", "probing", "closed"]);
    calls(19, "failed", 10_005);
    expect(guard.state).toBe("closed");
  });

  it("opens again with the first failure of those", () => {
    const { guard, calls, call } = guarded();
    calls(20, "failed", 0);
    calls(4, "answered", 10_000);
    call("failed", 10_001);
    expect(guard.state).toBe("open");
    expect(call("answered", 20_000)).toBe(false);
    expect(call("answered", 20_001)).toBe(true);
  });

  it("does not wait for ever for a call that does not end", () => {
    const { guard, calls } = guarded();
    calls(20, "failed", 0);
    expect(guard.admit(rule, 10_000)).toBeDefined();
    expect(guard.admit(rule, 19_999)).toBeUndefined();
    expect(guard.admit(rule, 20_000)).toBeDefined();
  });

  it("is not told of calls that began before its state", () => {
    const { guard, calls } = guarded();
    const before = guard.admit(rule, 0);
    calls(20, "failed", 0);
    guard.admit(rule, 10_000);
    guard.ended(before ?? 0, "failed", rule, 10_001);
    expect(guard.state).toBe("probing");
  });
});
