import { describe, expect, it } from "vitest";
import { zoneFactors } from "./zones.ts";

/** Reads "aab b": instances in zones, those in lower case available. */
function capacities(text: string) {
  const all = Array.from(text, (letter) => ({ zone: letter.toLowerCase(), weight: 10, letter }));
  return { all, available: all.filter(({ letter }) => letter === letter.toLowerCase()) };
}

/** The part of the calls that stays in zone a. */
function localPart(text: string): number {
  const { all, available } = capacities(text);
  const { own, others } = zoneFactors(all, available, "a");
  const local = available.filter(({ zone }) => zone === "a").length;
  return (local * own) / (local * own + (available.length - local) * others);
}

describe("zoneFactors", () => {
  it.each([
    ["aaabbbccc", 1],
    ["aaaaaaabbbbbbb", 1],
    ["aaaaaAAbbbbbbb", 1],
    ["aaaaAAAbbbbbbb", 0.8],
    ["aaAAAAAbbbbbbb", 0.4],
    ["aabbbbbbbb", 0.56],
    ["aaaaBBBB", 1],
    ["aaAAAAAABBBBBBBB", 1],
  ])("of %s (capital: not available) keeps the part %d in zone a", (text, part) => {
    expect(localPart(text)).toBeCloseTo(part, 10);
  });

  it.each(["abbb", "Aabbb", "bbb"])("of %s prefers nobody: there are not two to choose from", (text) => {
    const { all, available } = capacities(text);
    expect(zoneFactors(all, available, "a")).toEqual({ own: 1, others: 1 });
  });

  it("prefers nobody when no zone is named", () => {
    const { all } = capacities("aabb");
    expect(zoneFactors(all, all, undefined)).toEqual({ own: 1, others: 1 });
  });

  it("counts weights, not heads", () => {
    const own = [1, 1].map((weight) => ({ zone: "a", weight }));
    const other = { zone: "b", weight: 18 };
    const factors = zoneFactors([...own, other], [...own, other], "a");
    expect(factors.own * 2).toBeCloseTo(0.28, 10);
    expect(factors.others * 18).toBeCloseTo(0.72, 10);
  });
});
