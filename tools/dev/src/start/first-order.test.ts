import { describe, expect, it } from "vitest";
import { formatMoney } from "./first-order.ts";

describe("formatMoney", () => {
  it.each([
    ["3980", "EUR", "39.80 EUR"],
    ["5", "EUR", "0.05 EUR"],
    ["-1990", "USD", "-19.90 USD"],
    ["500", "JPY", "500 JPY"],
    ["1234", "KWD", "1.234 KWD"],
    ["9007199254740993", "EUR", "90071992547409.93 EUR"],
  ])("writes %s minor units of %s as %s", (minorUnits, currency, text) => {
    expect(formatMoney(minorUnits, currency)).toBe(text);
  });
});
