import { randomUUID } from "node:crypto";
import { OrderState } from "@banyan/stubs-order";
import { beforeAll, describe, expect, it } from "vitest";
import type { Clients } from "../clients/clients.ts";
import { availableOf, createSomeUser, stockItem } from "./samples.ts";

/** CancelOrder of `order.v1.OrderService`; of a REJECTED order see `rejectionContract`. */
export function cancelContract(clients: () => Clients): void {
  describe("cancelling", () => {
    let users: Clients["users"];
    let orders: Clients["orders"];
    let inventory: Clients["inventory"];
    let userId: string;

    beforeAll(async () => {
      ({ users, orders, inventory } = clients());
      userId = await createSomeUser(users);
    });

    it("cancels a confirmed order, gives its stock back, and says the same again", async () => {
      const sku = await stockItem(inventory);
      const placement = { userId, idempotencyKey: randomUUID(), lines: [{ sku, quantity: 4 }] };
      const { order } = await orders.placeOrder(placement);
      const orderId = order?.orderId ?? "";
      const cancelled = await orders.cancelOrder({ orderId });
      expect(cancelled.order).toMatchObject({ orderId, state: OrderState.CANCELLED, total: { minorUnits: 1000n } });
      expect(cancelled.order?.version).toBeGreaterThan(order?.version ?? 0n);
      expect(await orders.cancelOrder({ orderId })).toEqual(cancelled);
      expect((await orders.getOrder({ orderId })).order).toEqual(cancelled.order);
      expect(await availableOf(inventory, sku)).toBe(10);
    });

    it("gives the stock back once when eight cancel at once", async () => {
      const sku = await stockItem(inventory);
      const placement = { userId, idempotencyKey: randomUUID(), lines: [{ sku, quantity: 4 }] };
      const orderId = (await orders.placeOrder(placement)).order?.orderId ?? "";
      const answers = await Promise.all(Array.from({ length: 8 }, () => orders.cancelOrder({ orderId })));
      expect(new Set(answers.map(({ order }) => order?.state))).toEqual(new Set([OrderState.CANCELLED]));
      expect(await availableOf(inventory, sku)).toBe(10);
    });

    it("does not place a cancelled order again under its key", async () => {
      const sku = await stockItem(inventory);
      const placement = { userId, idempotencyKey: randomUUID(), lines: [{ sku, quantity: 4 }] };
      const orderId = (await orders.placeOrder(placement)).order?.orderId ?? "";
      const cancelled = await orders.cancelOrder({ orderId });
      expect((await orders.placeOrder(placement)).order).toEqual(cancelled.order);
      expect(await availableOf(inventory, sku)).toBe(10);
    });
  });
}
