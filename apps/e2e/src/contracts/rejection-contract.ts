import { randomUUID } from "node:crypto";
import { OrderState, RejectionReason, type Order } from "@banyan/stubs-order";
import { beforeAll, describe, expect, it } from "vitest";
import type { Clients } from "../clients/clients.ts";
import { readRefusal } from "../clients/refusal.ts";
import { availableOf, createSomeUser, newSku, stockItem } from "./samples.ts";

/** PlaceOrder, where the users or the stock say no. */
export function rejectionContract(clients: () => Clients): void {
  describe("rejecting", () => {
    let users: Clients["users"];
    let orders: Clients["orders"];
    let inventory: Clients["inventory"];
    let userId: string;

    beforeAll(async () => {
      ({ users, orders, inventory } = clients());
      userId = await createSomeUser(users);
    });

    /** Expects that an order is REJECTED, now and when it is read or placed again, and that nothing can be cancelled. */
    async function expectRejected(
      reason: RejectionReason,
      request: { readonly userId: string; readonly lines: { readonly sku: string; readonly quantity: number }[] },
    ): Promise<void> {
      const placement = { idempotencyKey: randomUUID(), ...request };
      const { order } = await orders.placeOrder(placement);
      expect(order).toMatchObject({ state: OrderState.REJECTED, rejectionReason: reason });
      expect(order?.lines.map(({ unitPrice }) => unitPrice)).toEqual(Array(request.lines.length).fill(undefined));
      expect(order?.total).toBeUndefined();
      await expectFinal(order);
      expect((await orders.placeOrder(placement)).order).toEqual(order);
    }

    async function expectFinal(order: Order | undefined): Promise<void> {
      const orderId = order?.orderId ?? "";
      expect((await orders.getOrder({ orderId })).order).toEqual(order);
      expect(await Array.fromAsync(orders.watchOrder({ orderId }))).toMatchObject([{ order: { orderId } }]);
      expect(await orders.cancelOrder({ orderId }).catch(readRefusal)).toEqual({
        code: "FailedPrecondition",
        reason: "ORDER_REJECTED",
        domain: "order.banyan",
        facts: { order_id: orderId },
      });
    }

    it("rejects an order of a user that nobody has created", async () => {
      const sku = await stockItem(inventory);
      await expectRejected(RejectionReason.USER_NOT_FOUND, { userId: randomUUID(), lines: [{ sku, quantity: 1 }] });
      expect(await availableOf(inventory, sku)).toBe(10);
    });

    it("rejects an order with an item that nobody has put", async () => {
      const sku = await stockItem(inventory);
      const lines = [
        { sku, quantity: 1 },
        { sku: newSku(), quantity: 1 },
      ];
      await expectRejected(RejectionReason.ITEM_NOT_FOUND, { userId, lines });
      expect(await availableOf(inventory, sku)).toBe(10);
    });

    it("rejects an order of more than there is, for good", async () => {
      const sku = await stockItem(inventory, { available: 2 });
      const placement = { userId, idempotencyKey: randomUUID(), lines: [{ sku, quantity: 3 }] };
      const { order } = await orders.placeOrder(placement);
      expect(order).toMatchObject({ state: OrderState.REJECTED, rejectionReason: RejectionReason.OUT_OF_STOCK });
      await inventory.addStock({ sku, quantity: 1, requestId: randomUUID() });
      expect((await orders.placeOrder(placement)).order).toEqual(order);
      expect(await availableOf(inventory, sku)).toBe(3);
    });

    it("rejects an order whose items are priced in more than one currency", async () => {
      const euros = await stockItem(inventory, { currency: "EUR" });
      const dollars = await stockItem(inventory, { currency: "USD" });
      const lines = [
        { sku: euros, quantity: 1 },
        { sku: dollars, quantity: 1 },
      ];
      await expectRejected(RejectionReason.MIXED_CURRENCIES, { userId, lines });
      expect([await availableOf(inventory, euros), await availableOf(inventory, dollars)]).toEqual([10, 10]);
    });
  });
}
