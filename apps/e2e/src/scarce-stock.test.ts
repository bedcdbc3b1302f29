import { randomUUID } from "node:crypto";
import { OrderState, RejectionReason, type Order } from "@banyan/stubs-order";
import { describe, expect, inject, it } from "vitest";
import { openClients, type Addresses, type Clients } from "./clients/clients.ts";
import { settleOrder } from "./clients/settle-order.ts";
import { availableOf, createSomeUser, stockItem } from "./contracts/samples.ts";
import { addressesOf, servers } from "./platform/servers.ts";

describe.each(servers)("32 clients of the %s at once", (server) => {
  const addresses = addressesOf(server, inject("platform"));
  const stock = 20;

  it("have exactly as much confirmed as there was stock, and the rest rejected", async () => {
    using clients = openClients(addresses);
    const sku = await stockItem(clients.inventory, { available: stock });
    const placed = await Promise.all(Array.from({ length: 32 }, (_, index) => placeOrders(addresses, index, sku)));
    const orders = placed.flat();

    const confirmed = orders.filter(({ state }) => state === OrderState.CONFIRMED);
    const rejected = orders.filter(({ rejectionReason }) => rejectionReason === RejectionReason.OUT_OF_STOCK);
    expect(orders).toHaveLength(128);
    expect(confirmed.length + rejected.length).toBe(128);
    // 32 clients order single units last: as long as one is left, there is somebody to take it
    expect(unitsOf(confirmed)).toBe(stock);
    expect(await availableOf(clients.inventory, sku)).toBe(0);
  });

  it("have exactly as much confirmed as there was stock, when each takes some of two items", async () => {
    using clients = openClients(addresses);
    const first = await stockItem(clients.inventory, { available: stock });
    const second = await stockItem(clients.inventory, { available: stock });
    const userId = await createSomeUser(clients.users);
    const outcomes = await Promise.all(
      Array.from({ length: 32 }, (_, index) => {
        const lines = [first, second].map((sku) => ({ sku, quantity: 1 }));
        const request = { userId, idempotencyKey: randomUUID(), lines: index % 2 === 0 ? lines : lines.toReversed() };
        return settleOrder(clients.orders, request);
      }),
    );
    expect(outcomes.filter(({ state }) => state === OrderState.CONFIRMED)).toHaveLength(stock);
    expect(outcomes.filter(({ state }) => state === OrderState.REJECTED)).toHaveLength(32 - stock);
    expect([await availableOf(clients.inventory, first), await availableOf(clients.inventory, second)]).toEqual([0, 0]);
  });
});

/** Places orders of 3, 2, 1 and 1 as one client with connections of its own does. */
async function placeOrders(addresses: Addresses, index: number, sku: string): Promise<readonly Order[]> {
  using clients: Clients & Disposable = openClients(addresses);
  const userId = await createSomeUser(clients.users);
  const orders: Order[] = [];
  for (const quantity of [1 + (index % 3), 2, 1, 1]) {
    const request = { userId, idempotencyKey: randomUUID(), lines: [{ sku, quantity }] };
    orders.push(await settleOrder(clients.orders, request));
  }
  return orders;
}

function unitsOf(orders: readonly Order[]): number {
  return orders.flatMap(({ lines }) => lines).reduce((sum, { quantity }) => sum + quantity, 0);
}
