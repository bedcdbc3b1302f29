import { describe, expect, it } from "vitest";
import { Member } from "../member.ts";
import { seededRandom } from "../testing/seeded-random.ts";
import { leastAdvantage, TwoChoices, type Preference } from "./two-choices.ts";

const first: Preference = () => false;
const second: Preference = () => true;

function picker(weights: readonly number[], prefersSecond: Preference) {
  const members = weights.map((_, index) => new Member({ id: `${index}` }, Number.NEGATIVE_INFINITY, 0));
  const even = weights.every((weight) => weight === weights[0]);
  return new TwoChoices({ members, weights, even, available: members, panic: false }, prefersSecond, seededRandom(7));
}

function parts(from: ReturnType<typeof picker>, size: number, exclude = new Set<string>()): number[] {
  const counts = Array.from({ length: size }, () => 0);
  for (let pick = 0; pick < 20_000; pick++) {
    const index = Number(from.pick(0, { exclude })?.id);
    counts[index] = (counts[index] ?? 0) + 1;
  }
  return counts.map((count) => count / 20_000);
}

describe("TwoChoices", () => {
  it.each([[[10, 10, 10]], [[10, 30]], [[1, 2, 3, 4]], [[80, 10, 10]]])("draws the first by weight: %j", (weights) => {
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    parts(picker(weights, first), weights.length).forEach((part, index) =>
      // Four standard deviations of chance are at most 0.0142.
      expect(Math.abs(part - (weights[index] ?? 0) / total)).toBeLessThan(0.0142),
    );
  });

  it.each([[[10, 10]], [[10, 10, 10]], [[1000, 1, 1]], [[1, 10_000]]])(
    "always finds another to compare with, of %j",
    (weights) => {
      let same = 0;
      const distinct: Preference = (left, right) => {
        if (left.member === right.member) same++;
        return false;
      };
      let compared = 0;
      parts(
        picker(weights, (left, right, now) => (compared++, distinct(left, right, now))),
        weights.length,
      );
      expect({ same, compared }).toEqual({ same: 0, compared: 20_000 });
    },
  );

  it("takes the second where it is preferred", () => {
    const [heavy = 0, light = 0] = parts(picker([30, 10], second), 2);
    expect(heavy).toBeCloseTo(0.25, 1);
    expect(light).toBeCloseTo(0.75, 1);
  });

  it("never picks the excluded, neither first nor second", () => {
    for (const preference of [first, second]) {
      expect(parts(picker([10, 10, 10], preference), 3, new Set("0"))[0]).toBe(0);
      expect(parts(picker([10, 20, 30], preference), 3, new Set("2"))[2]).toBe(0);
    }
  });

  it("has no choice where there is one, and picks nobody where there is none", () => {
    expect(picker([10], second).pick(0, undefined)?.id).toBe("0");
    expect(picker([], first).pick(0, undefined)).toBeUndefined();
    expect(picker([10, 10], first).pick(0, { exclude: new Set(["0", "1"]) })).toBeUndefined();
  });
});

describe("leastAdvantage", () => {
  const choice = (strain: number) => ({ member: new Member({ id: "a" }, 0, 0), strain });

  it.each([
    [1, 1, 1.25],
    [1, 1.1, 1.25],
    [1, 4, 4],
    [4, 1, 1.25],
    [1, 1000, 10],
  ])("of one with strain %d over one with strain %d is %d", (left, right, advantage) => {
    expect(leastAdvantage(choice(left), choice(right), 1.25)).toBe(advantage);
  });
});
