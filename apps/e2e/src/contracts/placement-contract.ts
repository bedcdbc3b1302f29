import { randomUUID } from "node:crypto";
import { OrderState, RejectionReason } from "@banyan/stubs-order";
import { timestampDate } from "@bufbuild/protobuf/wkt";
import { beforeAll, describe, expect, it } from "vitest";
import type { Clients } from "../clients/clients.ts";
import { readRefusal, refusalOf } from "../clients/refusal.ts";
import { availableOf, createSomeUser, stockItem, uuidV7 } from "./samples.ts";

/** PlaceOrder, where nothing is in its way, GetOrder and WatchOrder. */
export function placementContract(clients: () => Clients): void {
  describe("placing", () => {
    let users: Clients["users"];
    let orders: Clients["orders"];
    let inventory: Clients["inventory"];
    let userId: string;

    beforeAll(async () => {
      ({ users, orders, inventory } = clients());
      userId = await createSomeUser(users);
    });

    it("confirms an order at the prices of its reservation, and takes the stock", async () => {
      const first = await stockItem(inventory, { available: 5, minorUnits: 199n });
      const second = await stockItem(inventory, { available: 5, minorUnits: 1000n });
      const idempotencyKey = "🔑".repeat(128);
      const lines = [
        { sku: second, quantity: 3 },
        { sku: first, quantity: 5 },
      ];
      const { order } = await orders.placeOrder({ userId, idempotencyKey, lines });
      expect(order).toMatchObject({
        orderId: expect.stringMatching(uuidV7),
        userId,
        idempotencyKey,
        state: OrderState.CONFIRMED,
        rejectionReason: RejectionReason.UNSPECIFIED,
        lines: [
          { sku: first, quantity: 5, unitPrice: { minorUnits: 199n, currency: "EUR" } },
          { sku: second, quantity: 3, unitPrice: { minorUnits: 1000n, currency: "EUR" } },
        ],
        total: { minorUnits: 3995n, currency: "EUR" },
      });
      expect(order?.placedAt && timestampDate(order.placedAt)).toBeInstanceOf(Date);
      expect([await availableOf(inventory, first), await availableOf(inventory, second)]).toEqual([0, 2]);
      expect((await orders.getOrder({ orderId: order?.orderId ?? "" })).order).toEqual(order);
    });

    it("answers the same key with the same order, in whatever order its lines come", async () => {
      const a = await stockItem(inventory);
      const b = await stockItem(inventory);
      const lines = [
        { sku: a, quantity: 1 },
        { sku: b, quantity: 2 },
      ];
      const request = { userId, idempotencyKey: randomUUID(), lines };
      const placed = await orders.placeOrder(request);
      expect(await orders.placeOrder(request)).toEqual(placed);
      expect(await orders.placeOrder({ ...request, lines: lines.toReversed() })).toEqual(placed);
      expect(await orders.placeOrder({ ...request, userId: userId.toUpperCase() })).toEqual(placed);
      expect([await availableOf(inventory, a), await availableOf(inventory, b)]).toEqual([9, 8]);
    });

    it("places one order when eight ask at once under one key", async () => {
      const sku = await stockItem(inventory);
      const request = { userId, idempotencyKey: randomUUID(), lines: [{ sku, quantity: 3 }] };
      const [first, ...others] = await Promise.all(Array.from({ length: 8 }, () => orders.placeOrder(request)));
      expect(first?.order?.state).toBe(OrderState.CONFIRMED);
      expect(others).toEqual(Array(7).fill(first));
      expect(await availableOf(inventory, sku)).toBe(7);
    });

    it("refuses a key that stands for an order with other lines, and orders nothing", async () => {
      const sku = await stockItem(inventory);
      const other = await stockItem(inventory);
      const idempotencyKey = randomUUID();
      const { order } = await orders.placeOrder({ userId, idempotencyKey, lines: [{ sku, quantity: 1 }] });
      for (const lines of [
        [{ sku, quantity: 2 }],
        [{ sku: other, quantity: 1 }],
        [
          { sku, quantity: 1 },
          { sku: other, quantity: 1 },
        ],
      ]) {
        expect(await refusalOf(orders.placeOrder({ userId, idempotencyKey, lines }))).toEqual({
          code: "AlreadyExists",
          reason: "IDEMPOTENCY_KEY_REUSED",
          domain: "order.banyan",
          facts: { order_id: order?.orderId },
        });
      }
      expect([await availableOf(inventory, sku), await availableOf(inventory, other)]).toEqual([9, 10]);
    });

    it("keeps the keys of different users apart", async () => {
      const sku = await stockItem(inventory);
      const request = { idempotencyKey: randomUUID(), lines: [{ sku, quantity: 1 }] };
      const mine = await orders.placeOrder({ ...request, userId });
      const theirs = await orders.placeOrder({ ...request, userId: await createSomeUser(users) });
      expect(theirs.order).toMatchObject({ state: OrderState.CONFIRMED });
      expect(theirs.order?.orderId).not.toBe(mine.order?.orderId);
      expect(await availableOf(inventory, sku)).toBe(8);
    });

    it("answers NOT_FOUND with the id for an order that nobody has placed", async () => {
      const orderId = randomUUID();
      const notFound = {
        code: "NotFound",
        reason: "ORDER_NOT_FOUND",
        domain: "order.banyan",
        facts: { order_id: orderId },
      };
      expect(await refusalOf(orders.getOrder({ orderId }))).toEqual(notFound);
      expect(await refusalOf(orders.cancelOrder({ orderId }))).toEqual(notFound);
      expect(await Array.fromAsync(orders.watchOrder({ orderId })).catch(readRefusal)).toEqual(notFound);
    });

    it("ends WatchOrder after the order as it is, when that is settled", async () => {
      const sku = await stockItem(inventory);
      const { order } = await orders.placeOrder({
        userId,
        idempotencyKey: randomUUID(),
        lines: [{ sku, quantity: 1 }],
      });
      const watched = await Array.fromAsync(orders.watchOrder({ orderId: order?.orderId ?? "" }));
      expect(watched).toMatchObject([{ order: { orderId: order?.orderId, state: OrderState.CONFIRMED } }]);
    });
  });
}
