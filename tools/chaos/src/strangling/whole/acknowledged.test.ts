import { describe, expect, it } from "vitest";
import { Acknowledged, type FinalOrder } from "./acknowledged.ts";

const sku = "fig";
const order = (orderId: string) => {
  return { orderId, userId: "ada", idempotencyKey: orderId, sku, quantity: 2, toldAt: 0 };
};
const confirmed: FinalOrder = { state: "CONFIRMED", sku, quantity: 2, totalMinorUnits: 500n };

function shop(): Acknowledged {
  const told = new Acknowledged();
  told.itemPut({ sku, name: "Fig", priceMinorUnits: 250n });
  told.stockAdded({ requestId: "first", sku, quantity: 10 });
  told.orderPlaced(order("a"));
  told.orderPlaced(order("b"));
  return told;
}

describe("what callers were told", () => {
  it("is there when every order and the stock of every item are", () => {
    const orders = new Map([
      ["a", confirmed],
      ["b", confirmed],
    ]);
    expect(shop().differences(orders, new Map([[sku, 6n]]))).toEqual([]);
  });

  it("has the stock of a cancelled order back", () => {
    const told = shop();
    const cancelled = told.nextToCancel();
    if (cancelled !== undefined) cancelled.cancelledAt = 1;
    expect(told.expectedStock()).toEqual(new Map([[sku, 8n]]));
  });

  it("names what is lost, doubled, sold for another price, or never given back", () => {
    const orders = new Map([
      ["b", { ...confirmed, totalMinorUnits: 400n }],
      ["c", confirmed],
    ]);
    expect(shop().differences(orders, new Map([[sku, 4n]]))).toEqual([
      "order a was acknowledged and is not there",
      "order b costs 400, not 500",
      "order c is there and nobody was told of it",
      "fig: 4 in stock, 6 expected",
    ]);
  });

  it("refuses an order that two callers were told of", () => {
    expect(() => shop().orderPlaced(order("a"))).toThrow("order a was answered to two callers");
  });
});
