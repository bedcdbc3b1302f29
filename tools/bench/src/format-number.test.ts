import { expect, it } from "vitest";
import { formatNumber } from "./format-number.ts";

it.each([
  [0, "0"],
  [0.012345, "0.0123"],
  [12.345, "12.3"],
  [999.4, "999"],
  [12_345.6, "12,346"],
])("writes %d as %s", (value, text) => {
  expect(formatNumber(value)).toBe(text);
});
