import { describe, expect, it } from "vitest";
import { Ledger, type OrderFacts } from "./ledger.ts";

const order = { orderId: "o1", sku: "fig", quantity: 2 };
const kept: OrderFacts = { confirmed: true, lines: [{ sku: "fig", quantity: 2 }] };

function ledger(): Ledger {
  const written = new Ledger();
  written.added("fig", 10);
  written.placed(order);
  return written;
}

describe("the ledger", () => {
  it("balances when every order is there and the stock is what was added less what was ordered", () => {
    expect(ledger().reconcile(new Map([["o1", kept]]), new Map([["fig", 8]]))).toEqual([]);
  });

  it.each([
    ["lost", new Map<string, OrderFacts>(), "order o1 was acknowledged and is not there"],
    [
      "not confirmed",
      new Map([["o1", { ...kept, confirmed: false }]]),
      "order o1 was acknowledged and is not CONFIRMED",
    ],
    ["changed", new Map([["o1", { ...kept, lines: [] }]]), "order o1 has other lines than were ordered"],
    [
      "doubled",
      new Map([
        ["o1", kept],
        ["o2", kept],
      ]),
      "order o2 is there and nobody was told of it",
    ],
  ])("tells of an order that was %s", (_, orders, words) => {
    expect(ledger().reconcile(orders, new Map([["fig", 8]]))).toEqual([words]);
  });

  it("tells of stock that does not add up", () => {
    const differences = ledger().reconcile(new Map([["o1", kept]]), new Map([["fig", 6]]));
    expect(differences).toEqual(["fig: 6 in stock, 8 expected"]);
  });

  it("refuses an order that was answered to two callers", () => {
    expect(() => ledger().placed(order)).toThrow("order o1 was answered twice");
  });
});
