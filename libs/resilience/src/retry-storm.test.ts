import { describe, expect, it } from "vitest";
import { RetryBudget } from "./retry-budget.ts";
import { ratioBudget } from "./testing/ratio-budget.ts";
import { storm, type StormBudget } from "./testing/storm.ts";

const seconds = 40;
/** The cause of the storm ends here. */
const healed = 20;

/** After how many seconds, counted from the end of the cause, 95 % of the calls are answered again. */
function recovery(budget: Parameters<typeof storm>[0]["budget"], load = 0.92): number | undefined {
  const { goodput } = storm({ budget, clients: 100, load }, seconds);
  for (let at = healed; at < seconds - 2; at++) if (goodput(at) >= 0.95 && goodput(at + 1) >= 0.95) return at - healed;
  return undefined;
}

const unlimited: StormBudget = { allows: true, succeeded: () => undefined, failed: () => undefined };

describe("a retry storm", () => {
  it("outlives its cause when nothing limits the retries", () => {
    expect(recovery(() => unlimited)).toBeUndefined();
  });

  it.each([0.75, 0.85, 0.92])("ends within 5 s of its cause, with the default budget, at a load of %d", (load) => {
    expect(recovery(() => new RetryBudget(), load)).toBeLessThan(5);
  });

  it("adds next to nothing to the load once the budget is used up", () => {
    const { attemptsPerCall } = storm({ budget: () => new RetryBudget(), clients: 100, load: 0.92 }, 16);
    expect(attemptsPerCall(15)).toBeLessThan(1.1);
  });

  it("ends sooner than with a part of the calls as the budget, or with as many tokens as gRPC allows", () => {
    const ours = recovery(() => new RetryBudget()) ?? Infinity;
    expect(recovery(ratioBudget) ?? Infinity).toBeGreaterThan(ours);
    expect(recovery(() => new RetryBudget({ maxTokens: 1000 })) ?? Infinity).toBeGreaterThan(ours);
  });
});
