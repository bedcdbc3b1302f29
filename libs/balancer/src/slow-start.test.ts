import { expect, it } from "vitest";
import { slowStartShare } from "./slow-start.ts";

it.each([
  [0, 10_000, 0.1],
  [1000, 10_000, 0.1],
  [2500, 10_000, 0.25],
  [9999, 10_000, 0.9999],
  [10_000, 10_000, 1],
  [Number.POSITIVE_INFINITY, 10_000, 1],
  [0, 0, 1],
])("an instance of %d ms has, with a slow start of %d ms, %d of its share", (ageMs, windowMs, share) => {
  expect(slowStartShare(ageMs, windowMs)).toBe(share);
});
