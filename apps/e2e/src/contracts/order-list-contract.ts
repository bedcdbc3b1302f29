import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import type { Clients } from "../clients/clients.ts";
import { refusalOf } from "../clients/refusal.ts";
import { createSomeUser, stockItem } from "./samples.ts";

/** ListOrders of `order.v1.OrderService`. */
export function orderListContract(clients: () => Clients): void {
  describe("ListOrders", () => {
    let users: Clients["users"];
    let orders: Clients["orders"];
    let inventory: Clients["inventory"];

    beforeAll(() => {
      ({ users, orders, inventory } = clients());
    });

    it("lists a user's orders, newest first, in pages that the tokens chain", async () => {
      const userId = await createSomeUser(users);
      const others = await createSomeUser(users);
      const sku = await stockItem(inventory, { available: 3 });
      const placed = [];
      for (const quantity of [1, 2, 1, 1, 1]) {
        const lines = [{ sku, quantity }];
        await orders.placeOrder({ userId: others, idempotencyKey: randomUUID(), lines: [{ sku, quantity: 9 }] });
        placed.push((await orders.placeOrder({ userId, idempotencyKey: randomUUID(), lines })).order);
      }
      const first = await orders.listOrders({ userId, pageSize: 2 });
      const second = await orders.listOrders({ userId, pageSize: 2, pageToken: first.nextPageToken });
      const third = await orders.listOrders({ userId, pageSize: 2, pageToken: second.nextPageToken });
      expect([first.orders, second.orders, third.orders].map(({ length }) => length)).toEqual([2, 2, 1]);
      expect([...first.orders, ...second.orders, ...third.orders]).toEqual(placed.toReversed());
      expect(third.nextPageToken).toBe("");
      expect((await orders.listOrders({ userId })).orders).toEqual(placed.toReversed());
    });

    it("answers a page that holds all of them without a token", async () => {
      const userId = await createSomeUser(users);
      const lines = [{ sku: await stockItem(inventory), quantity: 1 }];
      for (const idempotencyKey of ["a", "b"]) await orders.placeOrder({ userId, idempotencyKey, lines });
      const page = await orders.listOrders({ userId, pageSize: 2 });
      expect(page.orders.map(({ idempotencyKey }) => idempotencyKey)).toEqual(["b", "a"]);
      expect(page.nextPageToken).toBe("");
    });

    it("refuses a page token of another list, and of another user's list", async () => {
      const userId = await createSomeUser(users);
      const other = await createSomeUser(users);
      const lines = [{ sku: await stockItem(inventory), quantity: 1 }];
      await stockItem(inventory);
      for (const idempotencyKey of ["a", "b"]) await orders.placeOrder({ userId: other, idempotencyKey, lines });
      const ofItems = await inventory.listItems({ pageSize: 1 });
      const ofAnother = await orders.listOrders({ userId: other, pageSize: 1 });
      for (const pageToken of [ofItems.nextPageToken, ofAnother.nextPageToken]) {
        expect(pageToken).not.toBe("");
        expect(await refusalOf(orders.listOrders({ userId, pageToken }))).toMatchObject({
          code: "InvalidArgument",
          fields: ["page_token"],
        });
      }
    });

    it("answers an empty list for a user without orders, known or not", async () => {
      for (const userId of [await createSomeUser(users), randomUUID()]) {
        expect(await orders.listOrders({ userId })).toMatchObject({ orders: [], nextPageToken: "" });
      }
    });
  });
}
