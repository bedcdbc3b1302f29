import { expect, it } from "vitest";
import { weightOf } from "./instance.ts";

it.each([
  [undefined, 10],
  [1, 1],
  [10_000, 10_000],
  [0, 1],
  [-5, 1],
  [Number.POSITIVE_INFINITY, 10_000],
  [Number.NaN, 10],
])("counts the weight %s as %d", (weight, counted) => {
  expect(weightOf(weight === undefined ? { id: "a" } : { id: "a", weight })).toBe(counted);
});
