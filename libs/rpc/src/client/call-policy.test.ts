import { UserService } from "@banyan/stubs-user";
import { defaultMethodPolicy, PolicyError, RetryBudget } from "@banyan/resilience";
import { describe, expect, it, vi } from "vitest";
import type { BalancerPolicy } from "@banyan/balancer";
import { capturedLog } from "../testing/captured-log.ts";
import { CallPolicy, type PolicySource } from "./call-policy.ts";

const { getUser } = UserService.method;

/** What is configured, as a test says it. */
function testSource(initially?: string) {
  let value = initially;
  const listeners = new Set<(value: string | undefined) => void>();
  return {
    get listeners() {
      return listeners.size;
    },
    set: (next: string | undefined): void => {
      value = next;
      for (const listener of listeners) listener(next);
    },
    source: {
      subscribe(listener) {
        listeners.add(listener);
        if (value !== undefined) listener(value);
        return () => listeners.delete(listener);
      },
      async [Symbol.asyncDispose]() {},
    } satisfies PolicySource,
  };
}

function begin({
  config,
  policy,
  deadlineMs = 800,
}: { config?: PolicySource; policy?: unknown; deadlineMs?: number } = {}) {
  const { log, records } = capturedLog();
  const configure = vi.fn<(policy: BalancerPolicy) => void>();
  const budget = new RetryBudget();
  const balancing = { zone: "a" };
  const calls = new CallPolicy({
    name: "user",
    fleet: { configure },
    budget,
    deadlineMs,
    policy,
    config,
    balancing,
    log,
  });
  return { calls, configure, budget, records };
}

const timeout = (seconds: string) => ({ methodConfig: [{ name: [{}], timeout: seconds }] });
const text = (policy: object) => JSON.stringify(policy);

describe("CallPolicy", () => {
  it("is the default one, with the transport's deadline", () => {
    const { calls, configure } = begin();
    expect(calls.of(getUser)).toEqual({ ...defaultMethodPolicy, timeoutMs: 800 });
    expect(configure).toHaveBeenLastCalledWith({ zone: "a" });
    expect(begin({ deadlineMs: 0 }).calls.of(getUser).timeoutMs).toBe(Infinity);
  });

  it("is the one that was given, method by method", () => {
    const name = [{ service: "user.v1.UserService", method: "GetUser" }];
    const { calls } = begin({ policy: { methodConfig: [{ name, timeout: "0.1s", retryPolicy: null }] } });
    expect(calls.of(getUser)).toMatchObject({ timeoutMs: 100, retry: undefined });
    expect(calls.of(UserService.method.createUser)).toMatchObject({ timeoutMs: 800, retry: { maxAttempts: 3 } });
  });

  it("refuses one that is malformed, by field, rule and value", () => {
    expect(() => begin({ policy: timeout("soon") })).toThrow(PolicyError);
    expect(() => begin({ policy: timeout("soon") })).toThrow("methodConfig[0].timeout: expected a duration in [0.001s");
  });

  it("follows what is configured, and is the one that was given when that is gone", () => {
    const { set, source } = testSource(text(timeout("2s")));
    const { calls, configure, budget } = begin({ config: source, policy: timeout("3s") });
    expect(calls.of(getUser).timeoutMs).toBe(2000);
    set(
      text({
        ...timeout("4s"),
        retryThrottling: { maxTokens: 10, tokenRatio: 0.5 },
        loadBalancingConfig: [{ tomorrows_strategy: {} }, { round_robin: { slowStartMs: 0 } }],
      }),
    );
    expect(calls.of(getUser).timeoutMs).toBe(4000);
    expect(budget.tokens).toBe(10);
    expect(configure).toHaveBeenLastCalledWith({ zone: "a", strategy: "round_robin", slowStartMs: 0 });
    set(undefined);
    expect(calls.of(getUser).timeoutMs).toBe(3000);
    expect(configure).toHaveBeenLastCalledWith({ zone: "a" });
  });

  it.each([
    ["what is no JSON", "{", "expected JSON"],
    ["a field that is out of range", text(timeout("0s")), "methodConfig[0].timeout: expected a duration"],
    ["a field that is misspelt", text({ methodConfigs: [] }), "methodConfigs: expected no field of that name"],
    [
      "balancing that is malformed",
      text({ ...timeout("9s"), loadBalancingConfig: [{ peak_ewma: { slowStartMs: "soon" } }] }),
      "peak_ewma.slowStartMs: expected a number",
    ],
  ])("goes on with the last good one after %s, and says why", (_what, malformed, message) => {
    const { set, source } = testSource(text(timeout("2s")));
    const { calls, records } = begin({ config: source });
    set(malformed);
    expect(calls.of(getUser).timeoutMs).toBe(2000);
    expect(records()).toContainEqual(
      expect.objectContaining({ level: "warn", callee: "user", error: expect.stringContaining(message) }),
    );
  });

  it("takes nothing of a policy whose balancing the balancer refuses", () => {
    const { set, source } = testSource(text(timeout("2s")));
    const { calls, configure, records } = begin({ config: source });
    configure.mockImplementationOnce(() => {
      throw new RangeError("slowStartMs: expected a number in [0, 3600000], got -1");
    });
    set(text({ ...timeout("9s"), loadBalancingConfig: [{ peak_ewma: { slowStartMs: -1 } }] }));
    expect(calls.of(getUser).timeoutMs).toBe(2000);
    expect(records()).toContainEqual(
      expect.objectContaining({ level: "warn", error: expect.stringContaining("got -1") }),
    );
  });

  it("ends with its disposal", () => {
    const config = testSource();
    const { calls } = begin({ config: config.source });
    expect(config.listeners).toBe(1);
    calls[Symbol.dispose]();
    expect(config.listeners).toBe(0);
  });
});
