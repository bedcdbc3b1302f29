import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parsePolicy } from "./parse-policy.ts";
import { policyFor } from "./policy.ts";

describe("README.md", () => {
  it("shows a policy that is one", () => {
    const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
    const [, json] = /```json\n(.*?)```/s.exec(readme) ?? [];
    const policy = parsePolicy(json);
    expect(policyFor(policy, "user.v1.UserService", "GetUser")).toMatchObject({
      timeoutMs: 500,
      retry: { maxAttempts: 4 },
    });
    expect(policyFor(policy, "order.v1.OrderService", "GetOrder")).toMatchObject({
      timeoutMs: 2000,
      hedging: undefined,
    });
  });
});
