import { describe, expect, it } from "vitest";
import { RetryBudget } from "./retry-budget.ts";

describe("RetryBudget", () => {
  it("lets retries be made while more than half of the tokens are left", () => {
    const budget = new RetryBudget({ maxTokens: 10, tokenRatio: 0.5 });
    for (let failure = 0; failure < 4; failure++) budget.failed();
    expect(budget.allows).toBe(true);
    budget.failed();
    expect(budget.tokens).toBe(5);
    expect(budget.allows).toBe(false);
    budget.succeeded();
    expect(budget.allows).toBe(true);
  });

  it("stays within [0, maxTokens]", () => {
    const budget = new RetryBudget({ maxTokens: 3 });
    for (let failure = 0; failure < 10; failure++) budget.failed();
    expect(budget.tokens).toBe(0);
    for (let answer = 0; answer < 100; answer++) budget.succeeded();
    expect(budget.tokens).toBe(3);
  });

  it("lets an instance that is killed with 99 calls in flight go unnoticed", () => {
    const budget = new RetryBudget();
    const allowed = Array.from({ length: 100 }, () => {
      budget.failed();
      return budget.allows;
    });
    expect(allowed.filter(Boolean)).toHaveLength(99);
  });

  it("takes a token for each hedge, so that not more than a tenth of slow calls are doubled", () => {
    const budget = new RetryBudget();
    let hedges = 0;
    for (let call = 0; call < 10_000; call++) {
      if (budget.payForHedge()) hedges += 1;
      budget.succeeded();
    }
    expect(hedges).toBeGreaterThan(1000);
    expect(hedges).toBeLessThan(1000 + 115);
  });

  it("is as full as it was when it gets other numbers", () => {
    const budget = new RetryBudget({ maxTokens: 10 });
    for (let failure = 0; failure < 6; failure++) budget.failed();
    budget.configure({ maxTokens: 100, tokenRatio: 1 });
    expect(budget.tokens).toBeCloseTo(40);
    budget.succeeded();
    expect(budget.tokens).toBeCloseTo(41);
  });

  it.each([
    [{ maxTokens: 1 }, "maxTokens: expected an integer in [2, 1000], got 1"],
    [{ maxTokens: 1001 }, "maxTokens: expected an integer in [2, 1000], got 1001"],
    [{ tokenRatio: 0 }, "tokenRatio: expected a number in [0.001, 1], got 0"],
  ])("refuses %o, and keeps what it has", (options, message) => {
    expect(() => new RetryBudget(options)).toThrow(new RangeError(message));
    const budget = new RetryBudget();
    expect(() => budget.configure(options)).toThrow(new RangeError(message));
    expect(budget.tokens).toBe(200);
  });
});
