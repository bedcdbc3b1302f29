import { expect, it } from "vitest";
import { seededRandom } from "./random.ts";

it("gives the same numbers in [0, 1) for the same seed, and others for another one", () => {
  const [one, again, other] = [seededRandom(1), seededRandom(1), seededRandom(2)];
  const numbers = Array.from({ length: 1000 }, () => one());
  expect(Array.from({ length: 1000 }, () => again())).toEqual(numbers);
  expect(other()).not.toBe(numbers[0]);
  expect(numbers.every((number) => number >= 0 && number < 1)).toBe(true);
  expect(numbers.filter((number) => number < 0.5).length).toBeGreaterThan(450);
});
