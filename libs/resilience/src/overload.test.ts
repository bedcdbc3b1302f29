import { describe, expect, it } from "vitest";
import { overload } from "./testing/overload.ts";

const always = (value: number) => () => value;
const between10And20 = (then: number, else_: number) => (second: number) =>
  second >= 10 && second < 20 ? then : else_;

describe("a service that limits itself, and clients that obey", () => {
  it.each([
    ["20 clients, 3 instances, twice what is left of them", 20, 3, always(0.9)],
    ["one instance", 20, 1, always(0.9)],
    ["100 clients", 100, 3, always(0.9)],
    ["four times what is left of them", 20, 3, between10And20(2, 0.8)],
  ])("are back to 95 %% within 5 s of 10 s at half the capacity: %s", (_, clients, instances, load) => {
    const { goodput } = overload({ clients, instances, load, health: between10And20(0.5, 1) }, 30);
    for (let second = 12; second < 20; second++) expect(goodput(second)).toBeGreaterThan(0.43);
    for (let second = 25; second < 30; second++) expect(goodput(second)).toBeGreaterThan(0.95);
  });

  it("are back within 5 s of 10 s at a tenth of the capacity", () => {
    const { goodput } = overload({ clients: 20, instances: 3, load: always(0.9), health: between10And20(0.1, 1) }, 30);
    for (let second = 25; second < 30; second++) expect(goodput(second)).toBeGreaterThan(0.95);
  });

  it.each([1, 2, 11, 13])("do what the capacity allows at twice the load, and starve no client: seed %i", (seed) => {
    const { goodput, counts } = overload({ clients: 20, instances: 3, load: always(2), health: always(1), seed }, 20);
    for (let second = 2; second < 20; second++) expect(goodput(second)).toBeGreaterThan(0.9);
    const shares = counts.map(({ asked, good }) => good / asked);
    expect(Math.min(...shares)).toBeGreaterThan(0.4);
    expect(Math.max(...shares)).toBeLessThan(0.6);
  });

  it("lose nothing while the load is what it should be", () => {
    const { goodput } = overload({ clients: 20, instances: 3, load: always(0.7), health: always(1) }, 10);
    for (let second = 1; second < 10; second++) expect(goodput(second)).toBeGreaterThan(0.98);
  });
});
