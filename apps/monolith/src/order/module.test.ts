import { randomUUID } from "node:crypto";
import { OrderState, RejectionReason } from "@banyan/stubs-order";
import { UserService } from "@banyan/stubs-user";
import { Code, createRouterTransport, type Transport } from "@connectrpc/connect";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { faulty, type Fault } from "../testing/fault.ts";
import { openMonolith, type Monolith } from "../testing/open-monolith.ts";

let made = 0;

async function someUser({ users }: Monolith, name = "Ada"): Promise<string> {
  return (await users.createUser({ email: `${randomUUID()}@example.com`, name, password: "correct horse" })).userId;
}

/** An item named Apple, of which there are 10. */
async function someItem({ inventory }: Monolith): Promise<string> {
  const sku = `apple-${(made += 1)}`;
  await inventory.putItem({ sku, name: "Apple", unitPrice: { minorUnits: 250n, currency: "EUR" } });
  await inventory.addStock({ sku, quantity: 10, requestId: randomUUID() });
  return sku;
}

async function availableOf({ inventory }: Monolith, sku: string): Promise<bigint | undefined> {
  return (await inventory.getItem({ sku })).item?.available;
}

function slipOf({ database }: Monolith, orderId: string) {
  return database.query<{ readonly recipient: string | null; readonly product_name: string | null }>({
    name: "find-packing-slip",
    text: "select recipient, product_name from orders join order_lines on order_id = id where id = $1",
    values: [orderId],
  });
}

describe("the order module", () => {
  const opened = new AsyncDisposableStack();
  const fault: Fault = { method: undefined, afterwards: false };
  let monolith: Monolith;
  let userId: string;

  beforeAll(async () => {
    monolith = opened.use(await openMonolith({ between: (transport) => faulty(transport, fault) }));
    userId = await someUser(monolith);
  });

  beforeEach(() => void Object.assign(fault, { method: undefined, afterwards: false }));

  afterAll(() => opened.disposeAsync());

  it.each([
    ["GetUser", false],
    ["Reserve", false],
    ["Reserve", true],
    ["Commit", false],
    ["Commit", true],
  ])(
    "leaves an order PENDING while %s fails (afterwards: %s), and confirms it once when asked again",
    async (method, afterwards) => {
      const sku = await someItem(monolith);
      const placement = { userId, idempotencyKey: randomUUID(), lines: [{ sku, quantity: 4 }] };
      Object.assign(fault, { method, afterwards });
      const { order } = await monolith.orders.placeOrder(placement);
      expect(order).toMatchObject({ state: OrderState.PENDING, version: 1n });
      fault.method = undefined;
      expect((await monolith.orders.placeOrder(placement)).order).toMatchObject({
        orderId: order?.orderId,
        state: OrderState.CONFIRMED,
        total: { minorUnits: 1000n },
      });
      expect(await availableOf(monolith, sku)).toBe(6n);
    },
  );

  it.each([false, true])(
    "leaves an order CANCELLING while Release fails (afterwards: %s), and gives back once",
    async (afterwards) => {
      const sku = await someItem(monolith);
      const { order } = await monolith.orders.placeOrder({
        userId,
        idempotencyKey: "k",
        lines: [{ sku, quantity: 4 }],
      });
      const orderId = order?.orderId ?? "";
      Object.assign(fault, { method: "Release", afterwards });
      await expect(monolith.orders.cancelOrder({ orderId })).rejects.toMatchObject({
        code: Code.Unavailable,
        rawMessage: "inventory service is unavailable",
      });
      expect((await monolith.orders.getOrder({ orderId })).order?.state).toBe(OrderState.CANCELLING);
      fault.method = undefined;
      expect((await monolith.orders.cancelOrder({ orderId })).order?.state).toBe(OrderState.CANCELLED);
      expect(await availableOf(monolith, sku)).toBe(10n);
      userId = await someUser(monolith); // whose keys are free
    },
  );

  it("cancels an order that is PENDING, which then reserves nothing", async () => {
    const sku = await someItem(monolith);
    const placement = { userId, idempotencyKey: randomUUID(), lines: [{ sku, quantity: 4 }] };
    fault.method = "Reserve";
    const { order } = await monolith.orders.placeOrder(placement);
    fault.method = undefined;
    await monolith.orders.cancelOrder({ orderId: order?.orderId ?? "" });
    expect((await monolith.orders.placeOrder(placement)).order?.state).toBe(OrderState.CANCELLED);
    expect(await availableOf(monolith, sku)).toBe(10n);
  });

  it("shows those who watch an order that it was confirmed", async () => {
    const sku = await someItem(monolith);
    const placement = { userId, idempotencyKey: randomUUID(), lines: [{ sku, quantity: 1 }] };
    fault.method = "Commit";
    const { order } = await monolith.orders.placeOrder(placement);
    fault.method = undefined;
    const states: (OrderState | undefined)[] = [];
    for await (const watched of monolith.orders.watchOrder({ orderId: order?.orderId ?? "" })) {
      if (states.push(watched.order?.state) === 1) await monolith.orders.placeOrder(placement);
    }
    expect(states).toEqual([OrderState.PENDING, OrderState.CONFIRMED]);
  });

  it("notes the names of user and product for the packing slip when it confirms", async () => {
    const sku = await someItem(monolith);
    const grace = await someUser(monolith, "Grace");
    const { order } = await monolith.orders.placeOrder({
      userId: grace,
      idempotencyKey: "k",
      lines: [{ sku, quantity: 1 }],
    });
    expect(await slipOf(monolith, order?.orderId ?? "")).toEqual([{ recipient: "Grace", product_name: "Apple" }]);
  });
});

describe("the order module beside a user service", () => {
  it("confirms the order of a user whom its own database does not know, without a name on the packing slip", async () => {
    const elsewhere = createRouterTransport((router) =>
      router.rpc(UserService.method.getUser, ({ userId }) => ({ userId })),
    );
    await using monolith = await openMonolith({
      between: (transport, name) => (name === "user" ? elsewhere : transport),
    });
    const sku = await someItem(monolith);
    const userId = randomUUID();
    const { order } = await monolith.orders.placeOrder({ userId, idempotencyKey: "k", lines: [{ sku, quantity: 1 }] });
    expect(order).toMatchObject({ state: OrderState.CONFIRMED, rejectionReason: RejectionReason.UNSPECIFIED });
    expect(await slipOf(monolith, order?.orderId ?? "")).toEqual([{ recipient: null, product_name: "Apple" }]);
  });
});

describe("the order module beside an inventory that changes its mind", () => {
  it("rejects an order whose reservation is gone when it is committed, and keeps the prices that were fixed", async () => {
    const between = (transport: Transport, name: "user" | "inventory"): Transport => ({
      ...transport,
      async unary(method, ...rest) {
        if (name === "inventory" && method.name === "Commit") {
          const { orders } = await monolith.orders.listOrders({ userId });
          await monolith.inventory.release({ orderId: orders[0]?.orderId ?? "" });
        }
        return transport.unary(method, ...rest);
      },
    });
    await using monolith = await openMonolith({ between });
    const sku = await someItem(monolith);
    const userId = await someUser(monolith);
    const { order } = await monolith.orders.placeOrder({ userId, idempotencyKey: "k", lines: [{ sku, quantity: 2 }] });
    expect(order).toMatchObject({
      state: OrderState.REJECTED,
      rejectionReason: RejectionReason.RESERVATION_RELEASED,
      total: { minorUnits: 500n },
    });
    expect(await availableOf(monolith, sku)).toBe(10n);
  });
});

describe("transactions that ask other modules", () => {
  it("keep nobody from reading while they wait", async () => {
    const asked = Promise.withResolvers<void>();
    const answered = Promise.withResolvers<void>();
    const slow = createRouterTransport((router) =>
      router.rpc(UserService.method.getUser, async ({ userId }) => {
        asked.resolve();
        await answered.promise;
        return { userId };
      }),
    );
    await using monolith = await openMonolith({
      poolSize: 1,
      between: (transport, name) => (name === "user" ? slow : transport),
    });
    const sku = await someItem(monolith);
    const userId = randomUUID();
    const placing = monolith.orders.placeOrder({ userId, idempotencyKey: "k", lines: [{ sku, quantity: 1 }] });
    await asked.promise;
    const { orders } = await monolith.orders.listOrders({ userId });
    expect(orders).toMatchObject([{ state: OrderState.PENDING }]);
    expect(await availableOf(monolith, sku)).toBe(10n);
    answered.resolve();
    expect((await placing).order?.state).toBe(OrderState.CONFIRMED);
  });

  it("do not wait for each other's connections, however small the pools are", async () => {
    await using monolith = await openMonolith({ poolSize: 1 });
    const sku = await someItem(monolith);
    const userId = await someUser(monolith);
    const placed = await Promise.all(
      Array.from({ length: 8 }, () =>
        monolith.orders.placeOrder({ userId, idempotencyKey: randomUUID(), lines: [{ sku, quantity: 1 }] }),
      ),
    );
    expect(new Set(placed.map(({ order }) => order?.state))).toEqual(new Set([OrderState.CONFIRMED]));
  });
});
