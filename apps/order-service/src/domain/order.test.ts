import { describe, expect, it } from "vitest";
import { hasLines, totalOf, type Order } from "./order.ts";

const eur = (minorUnits: bigint) => ({ minorUnits, currency: "EUR" });

describe("totalOf", () => {
  it("is undefined until every line has a price", () => {
    expect(totalOf([{ sku: "tea", quantity: 1, unitPrice: undefined }])).toBeUndefined();
  });

  it("is the exact sum of quantity times unit price", () => {
    expect(
      totalOf([
        { sku: "cup", quantity: 3, unitPrice: eur(333n) },
        { sku: "tea", quantity: 1_000_000, unitPrice: eur(10_000_000_000n) },
      ]),
    ).toEqual(eur(10_000_000_000_000_999n));
  });
});

describe("hasLines", () => {
  const order: Order = {
    id: "1",
    userId: "2",
    idempotencyKey: "3",
    status: { state: "PENDING", step: "CHECK_USER" },
    lines: [{ sku: "tea", quantity: 1, unitPrice: eur(1n) }],
    placedAt: new Date(0),
    version: 1n,
  };

  it.each([
    ["the same lines", [{ sku: "tea", quantity: 1 }], true],
    ["another quantity", [{ sku: "tea", quantity: 2 }], false],
    ["another sku", [{ sku: "cup", quantity: 1 }], false],
    ["no lines", [], false],
  ])("%s", (_, lines, same) => {
    expect(hasLines(order, lines)).toBe(same);
  });
});
