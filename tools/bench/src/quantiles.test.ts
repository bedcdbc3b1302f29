import { describe, expect, it } from "vitest";
import { quantiles } from "./quantiles.ts";

describe("quantiles", () => {
  it("are values that were measured, whatever their order", () => {
    const values = Array.from({ length: 1000 }, (_, i) => ((i * 7) % 1000) + 1);
    expect(quantiles(values)).toEqual({ p50: 500, p99: 990, max: 1000 });
  });

  it("sorts by value, not by digits", () => {
    expect(quantiles([10, 9, 100])).toEqual({ p50: 10, p99: 100, max: 100 });
  });

  it("of one value are that value", () => {
    expect(quantiles([4.5])).toEqual({ p50: 4.5, p99: 4.5, max: 4.5 });
  });

  it("refuses to speak of nothing", () => {
    expect(() => quantiles([])).toThrow("nothing was measured");
  });
});
