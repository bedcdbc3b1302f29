import { randomUUID } from "node:crypto";
import { OrderState } from "@banyan/stubs-order";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openClients, type Clients } from "./clients/clients.ts";
import { readRefusal } from "./clients/refusal.ts";
import { settleOrder, type Placement } from "./clients/settle-order.ts";
import { availableOf, createSomeUser, stockItem } from "./contracts/samples.ts";
import { startGate, type Gate, type GatedMethod, type GatedMoment } from "./platform/gate.ts";
import { startPlatform, type Instance, type Platform } from "./platform/platform.ts";

describe("an order, whatever crashes while it is placed", () => {
  const opened = new AsyncDisposableStack();
  let platform: Platform;
  let gate: Gate;
  let user: Instance;
  let order: Instance;
  let inventory: Instance;
  let clients: Clients;
  let sku: string;
  let placement: Placement & { readonly userId: string };

  const startInventory = () => platform.start("inventory", { environment: { ADVERTISE_ADDRESS: gate.address } });
  const dial = () => {
    gate.forwardTo(inventory.listening);
    const addresses = { user: user.listening, order: order.listening, inventory: inventory.listening };
    clients = opened.use(openClients(addresses));
  };

  beforeAll(async () => {
    gate = opened.use(await startGate());
    platform = opened.use(await startPlatform());
    [user, order, inventory] = await Promise.all([platform.start("user"), platform.start("order"), startInventory()]);
    dial();
  });

  afterAll(() => opened.disposeAsync());

  beforeEach(async () => {
    sku = await stockItem(clients.inventory, { available: 10 });
    const userId = await createSomeUser(clients.users);
    placement = { userId, idempotencyKey: randomUUID(), lines: [{ sku, quantity: 3 }] };
  });

  /** The one order of the user, as it is now. */
  async function placed() {
    const { orders } = await clients.orders.listOrders({ userId: placement.userId });
    expect(orders).toHaveLength(1);
    return orders[0];
  }

  /** Places the order, kills `crashing` while the call is held there, starts it again and takes the order up. */
  async function crashAt(method: GatedMethod, moment: GatedMoment, crashing: "order" | "inventory") {
    using hold = gate.hold(method, moment);
    const lost = clients.orders.placeOrder(placement).catch(readRefusal);
    await hold.reached();
    await { order, inventory }[crashing].stop("SIGKILL");
    hold.open();
    await lost;
    if (crashing === "order") order = await platform.start("order");
    else inventory = await startInventory();
    dial();
    return settleOrder(clients.orders, placement);
  }

  it.each<[GatedMethod, GatedMoment]>([
    ["reserve", "before"],
    ["reserve", "after"],
    ["commit", "before"],
    ["commit", "after"],
  ])("is confirmed once under its key when the order service was killed during %s, %s it was done", async (...at) => {
    const settled = await crashAt(...at, "order");
    expect(settled).toMatchObject({ state: OrderState.CONFIRMED, total: { minorUnits: 750n } });
    expect(await placed()).toEqual(settled);
    expect(await availableOf(clients.inventory, sku)).toBe(7);
  });

  it.each<[GatedMethod, GatedMoment]>([
    ["reserve", "before"],
    ["commit", "before"],
  ])("is confirmed once under its key when the inventory service was killed before %s", async (...at) => {
    const settled = await crashAt(...at, "inventory");
    expect(settled).toMatchObject({ state: OrderState.CONFIRMED, total: { minorUnits: 750n } });
    expect(await availableOf(clients.inventory, sku)).toBe(7);
  });

  it("is answered as PENDING while the inventory service does not answer, and confirmed once it does", async () => {
    inventory.signal("SIGSTOP");
    const { order: pending } = await clients.orders.placeOrder(placement, { timeoutMs: 8000 });
    expect(pending).toMatchObject({ state: OrderState.PENDING });
    expect(pending?.total).toBeUndefined();
    inventory.signal("SIGCONT");
    const settled = await settleOrder(clients.orders, placement);
    expect(settled).toMatchObject({ orderId: pending?.orderId, state: OrderState.CONFIRMED });
    expect(await availableOf(clients.inventory, sku)).toBe(7);
  });

  it("is watched from PENDING to CONFIRMED", async () => {
    using hold = gate.hold("commit", "before");
    const placing = settleOrder(clients.orders, placement);
    await hold.reached();
    const states: OrderState[] = [];
    for await (const { order } of clients.orders.watchOrder({ orderId: (await placed())?.orderId ?? "" })) {
      states.push(order?.state ?? OrderState.UNSPECIFIED);
      hold.open();
    }
    expect(states).toEqual([OrderState.PENDING, OrderState.CONFIRMED]);
    expect(await placing).toMatchObject({ state: OrderState.CONFIRMED });
  });

  it.each<GatedMethod>(["reserve", "commit"])(
    "gives everything back when it is cancelled during %s",
    async (method) => {
      using hold = gate.hold(method, "before");
      const placing = settleOrder(clients.orders, placement);
      await hold.reached();
      const { order: cancelled } = await clients.orders.cancelOrder({ orderId: (await placed())?.orderId ?? "" });
      expect(cancelled).toMatchObject({ state: OrderState.CANCELLED });
      hold.open();
      expect(await placing).toEqual(cancelled);
      expect(await availableOf(clients.inventory, sku)).toBe(10);
    },
  );

  it("is cancelled once when the order service was killed after the stock was given back", async () => {
    const { orderId } = await settleOrder(clients.orders, placement);
    using hold = gate.hold("release", "after");
    const lost = clients.orders.cancelOrder({ orderId }).catch(readRefusal);
    await hold.reached();
    expect(await availableOf(clients.inventory, sku)).toBe(10);
    await order.stop("SIGKILL");
    hold.open();
    await lost;
    order = await platform.start("order");
    dial();
    expect(await placed()).toMatchObject({ state: OrderState.CANCELLING });
    expect((await clients.orders.cancelOrder({ orderId })).order).toMatchObject({ state: OrderState.CANCELLED });
    expect(await availableOf(clients.inventory, sku)).toBe(10);
  });

  it("is finished before the order service ends at SIGTERM, while streams end at once with UNAVAILABLE", async () => {
    using hold = gate.hold("commit", "before");
    const placing = clients.orders.placeOrder(placement);
    await hold.reached();
    const watching = clients.orders.watchOrder({ orderId: (await placed())?.orderId ?? "" })[Symbol.asyncIterator]();
    expect(await watching.next()).toMatchObject({ value: { order: { state: OrderState.PENDING } } });
    const stopped = order.stop();
    expect(await watching.next().catch(readRefusal)).toMatchObject({ code: "Unavailable" });
    hold.open();
    expect((await placing).order).toMatchObject({ state: OrderState.CONFIRMED });
    expect(await stopped).toEqual({ code: 0, signal: null });
    order = await platform.start("order");
    dial();
  });
});
