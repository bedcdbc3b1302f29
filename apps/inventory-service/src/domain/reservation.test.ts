import { InvalidInputError, parseInput } from "@banyan/errors";
import { describe, expect, it } from "vitest";
import { ItemNotFoundError, MixedCurrenciesError, OutOfStockError } from "./errors.ts";
import type { Item } from "./item.ts";
import { newReservation, reserveLines, sameLines, totalOf } from "./reservation.ts";

function item(sku: string, available: bigint, minorUnits = 250n, currency = "EUR"): Item {
  return { sku, name: sku, unitPrice: { minorUnits, currency }, available, version: 1n };
}

const orderId = "0190163d-8694-739b-aea5-966c26f8ad91";

describe("reserveLines", () => {
  it("prices each line with its item", () => {
    const lines = [
      { sku: "cup", quantity: 2 },
      { sku: "tea", quantity: 1 },
    ];
    expect(reserveLines([item("cup", 2n, 900n), item("tea", 5n, 350n)], lines)).toEqual([
      { sku: "cup", quantity: 2, unitPrice: { minorUnits: 900n, currency: "EUR" } },
      { sku: "tea", quantity: 1, unitPrice: { minorUnits: 350n, currency: "EUR" } },
    ]);
  });

  it("takes the last one, and refuses one more", () => {
    expect(reserveLines([item("tea", 3n)], [{ sku: "tea", quantity: 3 }])).toHaveLength(1);
    expect(() => reserveLines([item("tea", 3n)], [{ sku: "tea", quantity: 4 }])).toThrow(
      new OutOfStockError("tea", 4, 3n),
    );
  });

  it("refuses an item that is not there", () => {
    expect(() => reserveLines([], [{ sku: "tea", quantity: 1 }])).toThrow(new ItemNotFoundError("tea"));
  });

  it("refuses items priced in two currencies", () => {
    const items = [item("cup", 1n, 1n, "USD"), item("tea", 1n, 1n, "EUR")];
    const lines = items.map(({ sku }) => ({ sku, quantity: 1 }));
    expect(() => reserveLines(items, lines)).toThrow(new MixedCurrenciesError(["EUR", "USD"]));
  });
});

describe("totalOf", () => {
  it("is exact for the largest order there can be, and fits an int64", () => {
    const line = { sku: "x", quantity: 1_000_000, unitPrice: { minorUnits: 10_000_000_000n, currency: "EUR" } };
    const { minorUnits } = totalOf(Array.from({ length: 100 }, () => line));
    expect(minorUnits).toBe(10n ** 18n);
    expect(minorUnits).toBeLessThan(2n ** 63n);
  });
});

describe("sameLines", () => {
  const tea = { sku: "tea", quantity: 1 };
  it.each([
    ["equal lines", [tea], [{ ...tea }], true],
    ["another quantity", [tea], [{ ...tea, quantity: 2 }], false],
    ["another sku", [tea], [{ ...tea, sku: "cup" }], false],
    ["a line more", [tea], [tea, { sku: "zinc", quantity: 1 }], false],
    ["a line less", [tea], [], false],
  ])("%s", (_, some, others, same) => {
    expect(sameLines(some, others)).toBe(same);
  });
});

describe("newReservation", () => {
  it("sorts the lines by sku, in the order of their bytes", () => {
    const lines = ["b", "a", "B", "a-1", "a.1"].map((sku) => ({ sku, quantity: 1 }));
    expect(parseInput(newReservation, { orderId, lines }).lines.map(({ sku }) => sku)).toEqual([
      "B",
      "a",
      "a-1",
      "a.1",
      "b",
    ]);
  });

  it.each([
    ["no line", [], "lines"],
    ["101 lines", Array.from({ length: 101 }, (_, index) => ({ sku: `s${index}`, quantity: 1 })), "lines"],
    ["a sku twice", ["a", "b", "a"].map((sku) => ({ sku, quantity: 1 })), "lines[2].sku"],
    ["a sku with a slash", [{ sku: "a/b", quantity: 1 }], "lines[0].sku"],
    ["a sku that starts with a dot", [{ sku: ".a", quantity: 1 }], "lines[0].sku"],
    ["a sku of 65 characters", [{ sku: "a".repeat(65), quantity: 1 }], "lines[0].sku"],
    ["a quantity of 0", [{ sku: "a", quantity: 0 }], "lines[0].quantity"],
  ])("refuses %s", (_, lines, field) => {
    try {
      parseInput(newReservation, { orderId, lines });
      expect.unreachable();
    } catch (error) {
      expect(error instanceof InvalidInputError && error.violations.map((violation) => violation.field)).toContain(
        field,
      );
    }
  });
});
