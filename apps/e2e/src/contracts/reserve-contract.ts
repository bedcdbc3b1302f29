import { randomUUID } from "node:crypto";
import { InventoryService } from "@banyan/stubs-inventory";
import { createClient, type Client, type Transport } from "@connectrpc/connect";
import { beforeAll, describe, expect, it } from "vitest";
import { refusalOf } from "../clients/refusal.ts";
import { availableOf, newSku, stockItem } from "./samples.ts";

/** Reserve of `inventory.v1.InventoryService`. */
export function reserveContract(transport: () => Transport): void {
  describe("Reserve", () => {
    let inventory: Client<typeof InventoryService>;
    const domain = "inventory.banyan";

    beforeAll(() => {
      inventory = createClient(InventoryService, transport());
    });

    it("sets stock aside and answers the lines by sku with their prices and the total", async () => {
      const first = await stockItem(inventory, { available: 5, minorUnits: 199n });
      const second = await stockItem(inventory, { available: 5, minorUnits: 1000n });
      const lines = [
        { sku: second, quantity: 3 },
        { sku: first, quantity: 2 },
      ];
      const reservation = await inventory.reserve({ orderId: randomUUID(), lines });
      expect(reservation).toMatchObject({
        lines: [
          { sku: first, quantity: 2, unitPrice: { minorUnits: 199n, currency: "EUR" } },
          { sku: second, quantity: 3, unitPrice: { minorUnits: 1000n, currency: "EUR" } },
        ],
        total: { minorUnits: 3398n, currency: "EUR" },
      });
      expect([await availableOf(inventory, first), await availableOf(inventory, second)]).toEqual([3, 2]);
    });

    it("sums up exactly what a floating-point number could not hold", async () => {
      const price = { available: 1_000_000, minorUnits: 9_999_999_999n };
      const skus = [await stockItem(inventory, price), await stockItem(inventory, price)];
      const lines = skus.map((sku) => ({ sku, quantity: 999_999 }));
      const { total } = await inventory.reserve({ orderId: randomUUID(), lines });
      expect(total).toMatchObject({ minorUnits: 2n * 999_999n * 9_999_999_999n, currency: "EUR" });
    });

    it("answers the same order and lines again with the reservation that is there, at its prices", async () => {
      const sku = await stockItem(inventory, { available: 10, minorUnits: 100n });
      const other = await stockItem(inventory, { available: 10, minorUnits: 1n });
      const orderId = randomUUID();
      const lines = [
        { sku, quantity: 4 },
        { sku: other, quantity: 1 },
      ];
      const first = await inventory.reserve({ orderId, lines });
      await inventory.putItem({ sku, name: "Apple", unitPrice: { minorUnits: 999n, currency: "USD" } });
      expect(await inventory.reserve({ orderId, lines: lines.toReversed() })).toEqual(first);
      expect(await availableOf(inventory, sku)).toBe(6);
    });

    it("refuses other lines for an order that has reserved", async () => {
      const sku = await stockItem(inventory);
      const other = await stockItem(inventory);
      const orderId = randomUUID();
      await inventory.reserve({ orderId, lines: [{ sku, quantity: 4 }] });
      for (const lines of [
        [{ sku, quantity: 5 }],
        [{ sku: other, quantity: 4 }],
        [
          { sku, quantity: 4 },
          { sku: other, quantity: 1 },
        ],
      ]) {
        expect(await refusalOf(inventory.reserve({ orderId, lines }))).toEqual({
          code: "AlreadyExists",
          reason: "ORDER_ID_REUSED",
          domain,
          facts: { order_id: orderId },
        });
      }
      expect([await availableOf(inventory, sku), await availableOf(inventory, other)]).toEqual([6, 10]);
    });

    it("reserves all lines or none, and tells what is short", async () => {
      const plenty = await stockItem(inventory, { available: 10 });
      const short = await stockItem(inventory, { available: 2 });
      const orderId = randomUUID();
      const lines = [
        { sku: plenty, quantity: 1 },
        { sku: short, quantity: 3 },
      ];
      expect(await refusalOf(inventory.reserve({ orderId, lines }))).toEqual({
        code: "FailedPrecondition",
        reason: "OUT_OF_STOCK",
        domain,
        facts: { sku: short, wanted: "3", available: "2" },
      });
      expect([await availableOf(inventory, plenty), await availableOf(inventory, short)]).toEqual([10, 2]);
      await inventory.addStock({ sku: short, quantity: 1, requestId: randomUUID() });
      await inventory.reserve({ orderId, lines });
      expect([await availableOf(inventory, plenty), await availableOf(inventory, short)]).toEqual([9, 0]);
    });

    it("refuses a line of an unknown item, and takes nothing of the others", async () => {
      const sku = await stockItem(inventory);
      const nobodys = newSku();
      const lines = [
        { sku, quantity: 1 },
        { sku: nobodys, quantity: 1 },
      ];
      expect(await refusalOf(inventory.reserve({ orderId: randomUUID(), lines }))).toEqual({
        code: "NotFound",
        reason: "ITEM_NOT_FOUND",
        domain,
        facts: { sku: nobodys },
      });
      expect(await availableOf(inventory, sku)).toBe(10);
    });

    it("refuses lines in more than one currency", async () => {
      const euros = await stockItem(inventory, { currency: "EUR" });
      const dollars = await stockItem(inventory, { currency: "USD" });
      const lines = [
        { sku: dollars, quantity: 1 },
        { sku: euros, quantity: 1 },
      ];
      expect(await refusalOf(inventory.reserve({ orderId: randomUUID(), lines }))).toEqual({
        code: "FailedPrecondition",
        reason: "MIXED_CURRENCIES",
        domain,
        facts: { currencies: "EUR,USD" },
      });
      expect([await availableOf(inventory, euros), await availableOf(inventory, dollars)]).toEqual([10, 10]);
    });

    it("never reserves more than there is, whoever asks at once and in whatever order of lines", async () => {
      const a = await stockItem(inventory, { available: 10 });
      const b = await stockItem(inventory, { available: 10 });
      const lines = [
        { sku: a, quantity: 1 },
        { sku: b, quantity: 1 },
      ];
      const outcomes = await Promise.all(
        Array.from({ length: 20 }, async (_, index) => {
          const orderId = randomUUID();
          const reserved = inventory.reserve({ orderId, lines: index % 2 === 0 ? lines : lines.toReversed() });
          return reserved.then(
            () => "reserved",
            async () => (await refusalOf(reserved)).reason,
          );
        }),
      );
      expect(outcomes.filter((outcome) => outcome === "reserved")).toHaveLength(10);
      expect(outcomes.filter((outcome) => outcome === "OUT_OF_STOCK")).toHaveLength(10);
      expect([await availableOf(inventory, a), await availableOf(inventory, b)]).toEqual([0, 0]);
    });

    it("reserves once when eight ask at once for one order", async () => {
      const sku = await stockItem(inventory, { available: 10 });
      const request = { orderId: randomUUID(), lines: [{ sku, quantity: 2 }] };
      const [first, ...others] = await Promise.all(Array.from({ length: 8 }, () => inventory.reserve(request)));
      expect(others).toEqual(Array(7).fill(first));
      expect(await availableOf(inventory, sku)).toBe(8);
    });
  });
}
