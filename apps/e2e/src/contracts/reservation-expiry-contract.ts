import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { InventoryService } from "@banyan/stubs-inventory";
import { createClient, type Client, type Transport } from "@connectrpc/connect";
import { beforeAll, describe, expect, it } from "vitest";
import { refusalOf } from "../clients/refusal.ts";
import { eventually } from "../platform/eventually.ts";
import { availableOf, stockItem } from "./samples.ts";

/**
 * What `inventory.v1.InventoryService` promises of reservations that nobody commits.
 *
 * @param transport to a server whose reservations end after a second; called once its tests begin
 */
export function reservationExpiryContract(transport: () => Transport): void {
  describe("a reservation that nobody commits", () => {
    let inventory: Client<typeof InventoryService>;
    const expired = (orderId: string) => ({
      code: "FailedPrecondition",
      reason: "RESERVATION_EXPIRED",
      domain: "inventory.banyan",
      facts: { order_id: orderId },
    });

    beforeAll(() => {
      inventory = createClient(InventoryService, transport());
    });

    /** Reserves 4 of 10, and waits until the reservation has ended and its stock is back. */
    async function expireSome(): Promise<{ readonly orderId: string; readonly sku: string }> {
      const sku = await stockItem(inventory, { available: 10 });
      const orderId = randomUUID();
      await inventory.reserve({ orderId, lines: [{ sku, quantity: 4 }] });
      expect(await availableOf(inventory, sku)).toBe(6);
      await eventually(async () => expect(await availableOf(inventory, sku)).toBe(10));
      return { orderId, sku };
    }

    it("gives its stock back and cannot be committed, nor made again", async () => {
      const { orderId, sku } = await expireSome();
      expect(await refusalOf(inventory.commit({ orderId }))).toEqual(expired(orderId));
      const again = inventory.reserve({ orderId, lines: [{ sku, quantity: 4 }] });
      expect(await refusalOf(again)).toEqual(expired(orderId));
      expect(await availableOf(inventory, sku)).toBe(10);
    });

    it("is over when its time is, although its stock may not be back yet", async () => {
      const sku = await stockItem(inventory, { available: 10 });
      const orderId = randomUUID();
      await inventory.reserve({ orderId, lines: [{ sku, quantity: 4 }] });
      await sleep(1050); // there is nothing to be seen when the time is over
      expect(await refusalOf(inventory.commit({ orderId }))).toEqual(expired(orderId));
      await eventually(async () => expect(await availableOf(inventory, sku)).toBe(10));
    });

    it("gives nothing back again when it is released", async () => {
      const { orderId, sku } = await expireSome();
      await inventory.release({ orderId });
      expect(await availableOf(inventory, sku)).toBe(10);
      expect(await refusalOf(inventory.commit({ orderId }))).toEqual(expired(orderId));
    });

    it("tells those who watch the stock", async () => {
      const sku = await stockItem(inventory, { available: 10 });
      await inventory.reserve({ orderId: randomUUID(), lines: [{ sku, quantity: 4 }] });
      const levels: bigint[] = [];
      for await (const { available } of inventory.watchStock({ sku })) {
        levels.push(available);
        if (available === 10n) break;
      }
      expect(levels).toEqual([6n, 10n]);
    });

    it("does not take those with it that were committed", async () => {
      const sku = await stockItem(inventory, { available: 10 });
      const orderId = randomUUID();
      await inventory.reserve({ orderId, lines: [{ sku, quantity: 4 }] });
      await inventory.commit({ orderId });
      await expireSome(); // reserved later, and expired by now
      expect(await availableOf(inventory, sku)).toBe(6);
      await inventory.commit({ orderId });
    });
  });
}
