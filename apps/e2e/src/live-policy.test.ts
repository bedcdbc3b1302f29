import { randomUUID } from "node:crypto";
import { OrderState } from "@banyan/stubs-order";
import { describe, expect, it } from "vitest";
import { openClients } from "./clients/clients.ts";
import { settleOrder } from "./clients/settle-order.ts";
import { createSomeUser, stockItem } from "./contracts/samples.ts";
import { eventually } from "./platform/eventually.ts";
import { startPlatform } from "./platform/platform.ts";

describe("a policy below /config", () => {
  it("takes effect in the callers of the service while they run; a malformed one changes nothing, and is said", async () => {
    await using platform = await startPlatform();
    const instances = [platform.start("user"), platform.start("order"), platform.start("inventory")] as const;
    const [user, order, inventory] = await Promise.all(instances);
    const addresses = { user: user.listening, order: order.listening, inventory: inventory.listening };
    using clients = openClients(addresses);
    const userId = await createSomeUser(clients.users);
    const sku = await stockItem(clients.inventory, { available: 5 });
    const placement = () => ({ userId, idempotencyKey: randomUUID(), lines: [{ sku, quantity: 1 }] });
    const configure = (timeout: string) =>
      platform.registry.put("/config/user", JSON.stringify({ methodConfig: [{ name: [{}], timeout }] }));
    const lines = async (msg: string) => (await order.log()).filter((line) => line.msg === msg);
    expect((await settleOrder(clients.orders, placement())).state).toBe(OrderState.CONFIRMED);

    // No call goes through a network and a database in a millisecond.
    await configure("0.001s");
    await eventually(async () => expect(await lines("policy of calls has changed")).toHaveLength(1));
    await platform.registry.put("/config/user", "{");
    await configure("soon");
    await eventually(async () =>
      expect(await lines("policy of calls is refused; the last good one goes on")).toMatchObject([
        { level: "warn", error: expect.stringContaining("expected JSON") },
        { level: "warn", error: expect.stringContaining("methodConfig[0].timeout: expected a duration") },
      ]),
    );
    const { order: stuck } = await clients.orders.placeOrder(placement());
    expect(stuck?.state).toBe(OrderState.PENDING);

    await configure("1s");
    await eventually(async () => expect(await lines("policy of calls has changed")).toHaveLength(2));
    expect((await settleOrder(clients.orders, placement())).state).toBe(OrderState.CONFIRMED);
  });
});
