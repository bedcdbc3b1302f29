import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { OrderState } from "@banyan/stubs-order";
import { expect, it } from "vitest";
import { openClients, type Clients } from "./clients/clients.ts";
import { settleOrder } from "./clients/settle-order.ts";
import { availableOf, createSomeUser, stockItem } from "./contracts/samples.ts";
import { startPlatform } from "./platform/platform.ts";

it("a monolith that is killed again and again while orders are placed and cancelled loses and doubles none", async () => {
  await using platform = await startPlatform();
  await using dialed = new AsyncDisposableStack();
  const rise = async () => {
    const instance = await platform.start("monolith");
    const { listening } = instance;
    return { instance, clients: dialed.use(openClients({ user: listening, order: listening, inventory: listening })) };
  };

  let { instance, clients } = await rise();
  const userId = await createSomeUser(clients.users);
  const sku = await stockItem(clients.inventory, { available: 1000 });
  const placements = Array.from({ length: 60 }, (_, index) => {
    return { userId, idempotencyKey: randomUUID(), lines: [{ sku, quantity: 1 + (index % 3) }] };
  });
  const attempt = async ({ orders }: Clients): Promise<void> => {
    await Promise.allSettled(
      placements.map(async (placement, index) => {
        await sleep(index * 5); // so that a kill finds orders at every step
        const { order } = await orders.placeOrder(placement);
        if (index % 4 === 0) await orders.cancelOrder({ orderId: order?.orderId ?? "" });
      }),
    );
  };
  for (const afterMs of [60, 130, 220]) {
    const attempted = attempt(clients);
    await sleep(afterMs); // somewhere in the middle
    await instance.stop("SIGKILL");
    await attempted;
    ({ instance, clients } = await rise());
  }

  const settled = await Promise.all(
    placements.map(async (placement, index) => {
      const order = await settleOrder(clients.orders, placement);
      return index % 4 === 0 ? (await clients.orders.cancelOrder({ orderId: order.orderId })).order : order;
    }),
  );
  const { orders } = await clients.orders.listOrders({ userId, pageSize: 1000 });
  expect(orders.map(({ orderId }) => orderId).toSorted()).toEqual(
    settled.flatMap((order) => order?.orderId ?? []).toSorted(),
  );
  const confirmed = settled.filter((order) => order?.state === OrderState.CONFIRMED);
  expect(confirmed).toHaveLength(45);
  expect(settled.filter((order) => order?.state === OrderState.CANCELLED)).toHaveLength(15);
  const units = confirmed.flatMap((order) => order?.lines ?? []).reduce((sum, { quantity }) => sum + quantity, 0);
  expect(await availableOf(clients.inventory, sku)).toBe(1000 - units);
});
