import { describe, expect, it } from "vitest";
import { latenciesOf } from "./latencies.ts";

describe("latenciesOf", () => {
  it("takes the nearest rank, in whatever order they come", () => {
    const micros = Array.from({ length: 10_000 }, (_, i) => 10_000 - i);
    expect(latenciesOf(micros)).toEqual({ p50: 5000, p99: 9900, p999: 9990 });
  });

  it("of a few takes the largest as p99.9", () => {
    expect(latenciesOf([3, 1, 2])).toEqual({ p50: 2, p99: 3, p999: 3 });
  });

  it("refuses to speak of none", () => {
    expect(() => latenciesOf([])).toThrow(RangeError);
  });
});
