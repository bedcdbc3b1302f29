import { randomUUID } from "node:crypto";
import { InventoryService } from "@banyan/stubs-inventory";
import { createClient, type Client, type Transport } from "@connectrpc/connect";
import { beforeAll, describe, expect, it } from "vitest";
import { refusalOf } from "../clients/refusal.ts";
import { availableOf, stockItem } from "./samples.ts";

/** Commit and Release of `inventory.v1.InventoryService`. */
export function commitReleaseContract(transport: () => Transport): void {
  describe("Commit and Release", () => {
    let inventory: Client<typeof InventoryService>;
    const domain = "inventory.banyan";
    const released = (orderId: string) => ({
      code: "FailedPrecondition",
      reason: "RESERVATION_RELEASED",
      domain,
      facts: { order_id: orderId },
    });
    const unknown = (orderId: string) => ({
      code: "NotFound",
      reason: "RESERVATION_NOT_FOUND",
      domain,
      facts: { order_id: orderId },
    });

    beforeAll(() => {
      inventory = createClient(InventoryService, transport());
    });

    /** Reserves 4 of a new item of which there are 10. */
    async function reserveSome(): Promise<{ readonly orderId: string; readonly sku: string }> {
      const sku = await stockItem(inventory, { available: 10 });
      const orderId = randomUUID();
      await inventory.reserve({ orderId, lines: [{ sku, quantity: 4 }] });
      return { orderId, sku };
    }

    it("commits, and commits again, and keeps the stock of a committed order", async () => {
      const { orderId, sku } = await reserveSome();
      await inventory.commit({ orderId });
      await inventory.commit({ orderId: orderId.toUpperCase() });
      expect(await availableOf(inventory, sku)).toBe(6);
    });

    it("refuses to commit an order that has reserved nothing", async () => {
      const orderId = randomUUID();
      expect(await refusalOf(inventory.commit({ orderId }))).toEqual(unknown(orderId));
    });

    it("gives the stock of a reserved order back, once", async () => {
      const { orderId, sku } = await reserveSome();
      await inventory.release({ orderId });
      await inventory.release({ orderId });
      expect(await availableOf(inventory, sku)).toBe(10);
      expect(await refusalOf(inventory.commit({ orderId }))).toEqual(released(orderId));
      const again = inventory.reserve({ orderId, lines: [{ sku, quantity: 4 }] });
      expect(await refusalOf(again)).toEqual(released(orderId));
    });

    it("gives the stock of a committed order back, once", async () => {
      const { orderId, sku } = await reserveSome();
      await inventory.commit({ orderId });
      await Promise.all(Array.from({ length: 4 }, () => inventory.release({ orderId })));
      expect(await availableOf(inventory, sku)).toBe(10);
      expect(await refusalOf(inventory.commit({ orderId }))).toEqual(released(orderId));
    });

    it("answers NOT_FOUND to the release of an unknown order, which can reserve nothing afterwards", async () => {
      const sku = await stockItem(inventory);
      const orderId = randomUUID();
      expect(await refusalOf(inventory.release({ orderId }))).toEqual(unknown(orderId));
      expect(await refusalOf(inventory.release({ orderId }))).toEqual(unknown(orderId));
      const late = inventory.reserve({ orderId, lines: [{ sku, quantity: 1 }] });
      expect(await refusalOf(late)).toEqual(released(orderId));
      expect(await availableOf(inventory, sku)).toBe(10);
    });
  });
}
