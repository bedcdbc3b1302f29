import { describe, expect, it } from "vitest";
import { AliasTable } from "./alias-table.ts";

describe("AliasTable", () => {
  it.each([
    [[1]],
    [[1, 1, 1]],
    [[1, 2, 3, 4]],
    [[1000, 1, 1, 1, 1]],
    [[0.1, 0.2, 0.3]],
    [Array.from({ length: 100 }, (_, index) => index + 1)],
  ])("draws each index in proportion to its weight, for %j", (weights) => {
    const table = new AliasTable(weights);
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    const steps = 100_000;
    const counts = weights.map(() => 0);
    // Chances at equal distances leave nothing to luck: each column is off by less than one step.
    for (let step = 0; step < steps; step++) {
      const index = table.draw((step + 0.5) / steps);
      counts[index] = (counts[index] ?? 0) + 1;
    }
    weights.forEach((weight, index) => {
      const off = Math.abs((counts[index] ?? 0) - (weight / total) * steps);
      expect(off).toBeLessThanOrEqual(weights.length);
    });
  });

  it.each([0, 1 - Number.EPSILON])("draws an index for the chance %d", (chance) => {
    expect([0, 1, 2]).toContain(new AliasTable([1, 5, 2]).draw(chance));
  });
});
