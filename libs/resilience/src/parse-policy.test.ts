import { Code } from "@connectrpc/connect";
import { describe, expect, it } from "vitest";
import { parsePolicy, type ParsePolicyOptions } from "./parse-policy.ts";
import { defaultPolicy, policyFor } from "./policy.ts";
import { PolicyError } from "./policy-error.ts";

const users = "user.v1.UserService";

function errorOf(json: unknown, options?: ParsePolicyOptions): PolicyError {
  try {
    parsePolicy(json, options);
  } catch (error) {
    if (error instanceof PolicyError) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}

const retry = (retryPolicy: unknown) => ({ methodConfig: [{ name: [{}], retryPolicy }] });
const hedging = (hedgingPolicy: unknown) => ({ methodConfig: [{ name: [{}], hedgingPolicy }] });
const named = (...name: unknown[]) => ({ methodConfig: [{ name }] });

describe("parsePolicy", () => {
  it("takes every field, from JSON text as well", () => {
    const json = {
      methodConfig: [
        {
          name: [{ service: users, method: "GetUser" }],
          timeout: "1.5s",
          retryPolicy: {
            maxAttempts: 4,
            initialBackoff: "0.01s",
            maxBackoff: "1s",
            backoffMultiplier: 1.5,
            retryableStatusCodes: ["UNAVAILABLE", "aborted", 8],
            perAttemptRecvTimeout: "0.2s",
          },
          hedgingPolicy: { maxAttempts: 3, hedgingDelay: "0.05s", nonFatalStatusCodes: [] },
        },
      ],
      retryThrottling: { maxTokens: 10, tokenRatio: 0.1 },
      loadBalancingConfig: [{ least_request: { choiceCount: 2 } }],
    };
    const policy = parsePolicy(JSON.stringify(json));
    expect(policyFor(policy, users, "GetUser")).toEqual({
      timeoutMs: 1500,
      timeoutLimitMs: 1500,
      retry: {
        maxAttempts: 4,
        initialBackoffMs: 10,
        maxBackoffMs: 1000,
        backoffMultiplier: 1.5,
        retryableStatusCodes: new Set([Code.Unavailable, Code.Aborted, Code.ResourceExhausted]),
        perAttemptRecvTimeoutMs: 200,
      },
      hedging: { maxAttempts: 3, delay: { tag: "fixed", ms: 50 }, nonFatalStatusCodes: new Set() },
    });
    expect(policy.retryThrottling).toEqual({ maxTokens: 10, tokenRatio: 0.1 });
    expect(policy.loadBalancing).toEqual({ strategy: "least_request", options: { choiceCount: 2 } });
    expect(policyFor(policy, users, "CreateUser")).toBe(defaultPolicy.anyService);
    expect(policyFor(policy, "order.v1.OrderService", "GetOrder")).toBe(defaultPolicy.anyService);
  });

  it("resolves field by field: method before service before all before the base", () => {
    const policy = parsePolicy({
      methodConfig: [
        { name: [{ service: users, method: "GetUser" }], hedgingPolicy: { hedgingPercentile: 99 } },
        { name: [{ service: users }], timeout: "2s", retryPolicy: { maxAttempts: 2 } },
        { name: [{}], timeout: "9s", retryPolicy: { retryableStatusCodes: ["ABORTED"] } },
      ],
    });
    const get = policyFor(policy, users, "GetUser");
    expect(get).toMatchObject({ timeoutMs: 2000, retry: { maxAttempts: 2, initialBackoffMs: 25 } });
    expect(get.retry?.retryableStatusCodes).toEqual(new Set([Code.Aborted]));
    expect(get.hedging?.delay).toEqual({ tag: "percentile", percentile: 99 });
    expect(policyFor(policy, users, "Other").hedging?.delay).toEqual({ tag: "percentile", percentile: 95 });
    expect(policyFor(policy, "other.v1.Service", "Any")).toMatchObject({ timeoutMs: 9000, retry: { maxAttempts: 3 } });
    const above = parsePolicy({ methodConfig: [{ name: [{ service: users }], timeout: "1s" }] }, { base: policy });
    expect(policyFor(above, users, "Any")).toMatchObject({ timeoutMs: 1000, retry: { maxAttempts: 3 } });
  });

  it("finds the same policy for the same method, as an object", () => {
    const policy = parsePolicy({ methodConfig: [{ name: [{ service: users, method: "GetUser" }], timeout: "1s" }] });
    expect(policyFor(policy, users, "GetUser")).toBe(policyFor(policy, users, "GetUser"));
  });

  it("takes null for no retries, or no hedging, and a method may want them back", () => {
    const policy = parsePolicy({
      methodConfig: [
        { name: [{}], retryPolicy: null, hedgingPolicy: null },
        { name: [{ service: users, method: "GetUser" }], retryPolicy: { maxAttempts: 5 }, hedgingPolicy: {} },
      ],
    });
    expect(policyFor(policy, users, "Other")).toMatchObject({ retry: undefined, hedging: undefined });
    expect(policyFor(policy, users, "GetUser")).toMatchObject({ retry: { maxAttempts: 5, maxBackoffMs: 500 } });
    expect(policyFor(policy, users, "GetUser").hedging).toEqual(defaultPolicy.anyService.hedging);
  });

  it("keeps a default backoff within the one that is given", () => {
    const { retry: low } = parsePolicy(retry({ maxBackoff: "0.01s" })).anyService;
    expect(low).toMatchObject({ initialBackoffMs: 10, maxBackoffMs: 10 });
    const { retry: high } = parsePolicy(retry({ initialBackoff: "2s" })).anyService;
    expect(high).toMatchObject({ initialBackoffMs: 2000, maxBackoffMs: 2000 });
  });

  it("takes the first strategy that is known", () => {
    const json = { loadBalancingConfig: [{ brand_new: {} }, { round_robin: {} }] };
    expect(parsePolicy(json, { strategies: ["round_robin"] }).loadBalancing?.strategy).toBe("round_robin");
    expect(errorOf(json, { strategies: ["peak_ewma", "rendezvous"] }).message).toBe(
      'loadBalancingConfig: expected one of peak_ewma, rendezvous, got [{"brand_new":{}},{"round_robin":{}}]',
    );
  });

  it.each([
    ["{", 'policy: expected JSON, got "{"'],
    [[], "policy: expected an object, got []"],
    [null, "policy: expected an object, got null"],
    [{ retries: 3 }, "retries: expected no field of that name, got 3"],
    [{ methodConfig: {} }, "methodConfig: expected a list, got {}"],
    [{ methodConfig: [{}] }, "methodConfig[0].name: expected a list of names, got nothing"],
    [named(), "methodConfig[0].name: expected at least one name, got []"],
    [
      named({ method: "Get" }),
      'methodConfig[0].name[0]: expected a service wherever there is a method, got {"method":"Get"}',
    ],
    [
      named({ service: "a" }, { service: "a" }),
      'methodConfig[0].name[1]: expected each name once, got {"service":"a"}',
    ],
    [named({ service: 7 }), "methodConfig[0].name[0].service: expected a string, got 7"],
    [
      { methodConfig: [{ name: [{}], timeout: "5" }] },
      'methodConfig[0].timeout: expected a duration in [0.001s, 86400s], got "5"',
    ],
    [
      { methodConfig: [{ name: [{}], timeout: "-1s" }] },
      'methodConfig[0].timeout: expected a duration in [0.001s, 86400s], got "-1s"',
    ],
    [
      { methodConfig: [{ name: [{}], retryPolcy: {} }] },
      "methodConfig[0].retryPolcy: expected no field of that name, got {}",
    ],
    [retry({ maxAttempts: 9 }), "methodConfig[0].retryPolicy.maxAttempts: expected an integer in [2, 5], got 9"],
    [retry({ maxAttempts: 1 }), "methodConfig[0].retryPolicy.maxAttempts: expected an integer in [2, 5], got 1"],
    [retry({ maxAttempts: "3" }), 'methodConfig[0].retryPolicy.maxAttempts: expected an integer in [2, 5], got "3"'],
    [
      retry({ backoffMultiplier: 0 }),
      "methodConfig[0].retryPolicy.backoffMultiplier: expected a number in [1, 10], got 0",
    ],
    [
      retry({ retryableStatusCodes: ["UNAVAILABEL"] }),
      'methodConfig[0].retryPolicy.retryableStatusCodes[0]: expected the name or number of a gRPC status other than OK, got "UNAVAILABEL"',
    ],
    [
      retry({ retryableStatusCodes: [0] }),
      "methodConfig[0].retryPolicy.retryableStatusCodes[0]: expected the name or number of a gRPC status other than OK, got 0",
    ],
    [
      retry({ initialBackoff: "2s", maxBackoff: "1s" }),
      'methodConfig[0].retryPolicy.maxBackoff: expected at least initialBackoff, got "1s"',
    ],
    [
      hedging({ hedgingDelay: "1s", hedgingPercentile: 95 }),
      'methodConfig[0].hedgingPolicy: expected either hedgingDelay or hedgingPercentile, got {"hedgingDelay":"1s","hedgingPercentile":95}',
    ],
    [
      hedging({ hedgingPercentile: 100 }),
      "methodConfig[0].hedgingPolicy.hedgingPercentile: expected a number in [50, 99.9], got 100",
    ],
    [
      { retryThrottling: { maxTokens: 5000, tokenRatio: 0.1 } },
      "retryThrottling.maxTokens: expected an integer in [2, 1000], got 5000",
    ],
    [
      { loadBalancingConfig: [{ a: {}, b: {} }] },
      'loadBalancingConfig[0]: expected an object with one key, the name of a strategy, got {"a":{},"b":{}}',
    ],
  ])("refuses %j", (json, message) => {
    expect(errorOf(json).message).toBe(message);
  });

  it("lists all that is wrong, 20 of it at most, and shows 80 characters of a value", () => {
    const wrong = Array.from({ length: 30 }, () => ({ name: [{}], timeout: "x".repeat(200), retryPolicy: 1 }));
    const { violations } = errorOf({ methodConfig: wrong });
    expect(violations).toHaveLength(20);
    expect(violations[0]).toEqual({
      field: "methodConfig[0].timeout",
      rule: "a duration in [0.001s, 86400s]",
      value: `"${"x".repeat(78)}…`,
    });
    expect(violations[1]?.field).toBe("methodConfig[0].retryPolicy");
  });

  it("is not led astray by names that objects have by nature", () => {
    const policy = parsePolicy(
      `{"methodConfig":[{"name":[{"service":"__proto__","method":"constructor"}],"timeout":"1s"}]}`,
    );
    expect(policyFor(policy, "__proto__", "constructor").timeoutMs).toBe(1000);
    expect(policyFor(policy, "toString", "constructor").timeoutMs).toBe(5000);
    expect(errorOf(retry({ retryableStatusCodes: ["constructor"] })).violations).toHaveLength(1);
    expect(errorOf(JSON.parse(`{"__proto__":{"timeout":"1s"}}`)).violations[0]?.field).toBe("__proto__");
  });
});
