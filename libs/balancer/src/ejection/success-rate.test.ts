import { describe, expect, it } from "vitest";
import { successRateOutliers } from "./success-rate.ts";

/** Of 100 calls each. */
const outliers = (...successes: number[]) =>
  successRateOutliers(successes.map((count) => ({ successes: count, calls: 100 })));

describe("successRateOutliers", () => {
  describe("with two to four instances holds each against the others", () => {
    it.each([
      [[100, 0], [1]],
      [[100, 89], [1]],
      [[100, 90], []],
      [[100, 100, 50], [2]],
      [[99, 100, 98, 70], [3]],
      [[100, 0, 50], [1]],
      [[50, 50], []],
      [[50, 40], []],
      [[50, 34], [1]],
      [[0, 0, 0], []],
    ])("%j -> %j", (successes, expected) => {
      expect(outliers(...successes)).toEqual(expected);
    });
  });

  describe("with five and more takes those 1.9 deviations below the mean", () => {
    it.each([
      [[100, 100, 100, 100, 0], [4]],
      [[100, 100, 100, 100, 99], []],
      [[100, 100, 100, 100, 88], []],
      [[100, 100, 100, 100, 87], [4]],
      [[90, 91, 92, 93, 94], []],
      [[100, 100, 100, 50, 50], []],
      [
        [100, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100, 20, 10],
        [12, 11],
      ],
    ])("%j -> %j", (successes, expected) => {
      expect(outliers(...successes)).toEqual(expected);
    });
  });

  it("needs two", () => {
    expect(outliers()).toEqual([]);
    expect(outliers(0)).toEqual([]);
  });

  it("ejects a good instance by chance in less than one of 100 intervals, when all of three fail one call in ten", () => {
    // 0.9 - 3 × √(0.9 × 0.1 / 30) is 73.6 %, 22 of 30 are 73.3 %; 8 failures of 30 happen with a chance of 0.8 %.
    const others = { successes: 270, calls: 300 };
    expect(successRateOutliers([others, others, { successes: 23, calls: 30 }])).toEqual([]);
    expect(successRateOutliers([others, others, { successes: 22, calls: 30 }])).toEqual([2]);
  });
});
