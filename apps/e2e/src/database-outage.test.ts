import { randomUUID } from "node:crypto";
import { OrderState } from "@banyan/stubs-order";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openClients, type Clients } from "./clients/clients.ts";
import { openGrpcJs } from "./clients/grpc-js.ts";
import { refusalOf } from "./clients/refusal.ts";
import { settleOrder } from "./clients/settle-order.ts";
import { createSomeUser, stockItem } from "./contracts/samples.ts";
import { eventually } from "./platform/eventually.ts";
import { startPlatform, type Instance, type Platform } from "./platform/platform.ts";

describe("an outage of PostgreSQL", () => {
  const opened = new AsyncDisposableStack();
  let platform: Platform;
  let instances: readonly [user: Instance, order: Instance, inventory: Instance];
  let clients: Clients;

  beforeAll(async () => {
    platform = opened.use(await startPlatform());
    instances = await Promise.all([platform.start("user"), platform.start("order"), platform.start("inventory")]);
    const [user, order, inventory] = instances;
    const addresses = { user: user.listening, order: order.listening, inventory: inventory.listening };
    clients = opened.use(openClients(addresses));
  });

  afterAll(() => opened.disposeAsync());

  /** Waits until grpc.health.v1 says `status` of every instance. */
  const untilHealthIs = (status: string) =>
    eventually(async () => {
      for (const { listening } of instances) {
        using health = openGrpcJs(listening, "grpc/health/v1/health.proto", "grpc.health.v1.Health");
        expect(await health.unary("Check", { service: "" })).toEqual({ status });
      }
    }, 15_000);

  /** Waits until etcd lists so many of them. */
  const untilListed = (count: number) =>
    eventually(async () => expect(await platform.registry.list("/services/")).toHaveLength(count), 15_000);

  /** Waits until those that listen to PostgreSQL have lost their connection, and have failed to get another one. */
  const untilReconnecting = async () => {
    for (const instance of instances.slice(1)) {
      await eventually(async () => {
        const interruptions = (await instance.log()).filter(({ msg }) => msg === "listening is interrupted");
        expect(interruptions.length).toBeGreaterThanOrEqual(2);
      });
    }
  };

  it("makes the services NOT_SERVING and UNAVAILABLE, takes them off the list, tells nothing of the cause, and ends none of them", async () => {
    const sku = await stockItem(clients.inventory, { available: 5 });
    const userId = await createSomeUser(clients.users);
    const placement = { userId, idempotencyKey: randomUUID(), lines: [{ sku, quantity: 1 }] };
    const levels = clients.inventory.watchStock({ sku }, { timeoutMs: 60_000 })[Symbol.asyncIterator]();
    expect(await levels.next()).toMatchObject({ value: { available: 5n } });

    await platform.postgres.stop();
    await untilHealthIs("NOT_SERVING");
    await untilListed(0);
    const refusals = await Promise.all([
      refusalOf(clients.users.getUser({ userId })),
      refusalOf(clients.orders.placeOrder(placement)),
      refusalOf(clients.inventory.getItem({ sku })),
    ]);
    for (const refusal of refusals) expect(refusal).toEqual({ code: "Unavailable" });
    await untilReconnecting();

    await platform.postgres.restart();
    await untilHealthIs("SERVING");
    await untilListed(3);
    expect(await settleOrder(clients.orders, placement)).toMatchObject({ state: OrderState.CONFIRMED });
    expect(await levels.next()).toMatchObject({ value: { available: 4n } });
    await levels.return?.();
    for (const instance of instances) expect(await instance.errorOutput()).toBe("");
  });
});
