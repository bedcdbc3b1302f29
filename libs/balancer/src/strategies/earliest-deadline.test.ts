import { describe, expect, it } from "vitest";
import { Member } from "../member.ts";
import { seededRandom } from "../testing/seeded-random.ts";
import { EarliestDeadline } from "./earliest-deadline.ts";

const membersOf = (ids: string) => Array.from(ids, (id) => new Member({ id }, Number.NEGATIVE_INFINITY, 0));

describe("EarliestDeadline", () => {
  const pickerOf = (ids: string, weights: readonly number[], seed: number) => {
    const members = membersOf(ids);
    return new EarliestDeadline(
      { members, weights, even: false, available: members, panic: false },
      seededRandom(seed),
    );
  };

  it.each([
    ["ab", [30, 10]],
    ["abc", [50, 30, 20]],
    ["abcdefgh", [1, 2, 3, 4, 5, 6, 7, 100]],
    ["abc", [1, 0.1, 0.35]],
  ])("gives each of %s, weighing %j, its part of any stretch, give or take two", (ids, weights) => {
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    for (const seed of [1, 2, 3]) {
      const picker = pickerOf(ids, weights, seed);
      const picks = Array.from({ length: 500 }, () => picker.pick(0, undefined)?.id);
      for (const [start, end] of [
        [0, 20],
        [0, 500],
        [137, 313],
      ])
        Array.from(ids, (id, index) => {
          const stretch = picks.slice(start, end);
          const part = (stretch.length * (weights[index] ?? 0)) / total;
          expect(Math.abs(stretch.filter((picked) => picked === id).length - part)).toBeLessThan(2);
        });
    }
  });

  it("begins elsewhere for each caller", () => {
    const firsts = [1, 2, 3, 4, 5, 6, 7, 8].map((seed) => pickerOf("abc", [3, 3, 2], seed).pick(0, undefined)?.id);
    expect(new Set(firsts).size).toBe(3);
  });

  it("passes over the excluded, and picks nobody when all are", () => {
    const picker = pickerOf("abc", [3, 2, 1], 1);
    expect(Array.from({ length: 4 }, () => picker.pick(0, { exclude: new Set("ab") })?.id)).toEqual([
      "c",
      "c",
      "c",
      "c",
    ]);
    expect(picker.pick(0, { exclude: new Set("abc") })).toBeUndefined();
  });
});
