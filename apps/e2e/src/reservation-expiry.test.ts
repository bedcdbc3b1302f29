import { randomUUID } from "node:crypto";
import { OrderState, RejectionReason } from "@banyan/stubs-order";
import type { Transport } from "@connectrpc/connect";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openClients, type Clients } from "./clients/clients.ts";
import { settleOrder } from "./clients/settle-order.ts";
import { openTransport } from "./clients/transport.ts";
import { reservationExpiryContract } from "./contracts/reservation-expiry-contract.ts";
import { availableOf, createSomeUser, stockItem } from "./contracts/samples.ts";
import { eventually } from "./platform/eventually.ts";
import { startGate, type Gate } from "./platform/gate.ts";
import { startPlatform } from "./platform/platform.ts";

describe("an inventory service whose reservations end after a second", () => {
  const opened = new AsyncDisposableStack();
  let gate: Gate;
  let clients: Clients;
  let transport: Transport;

  beforeAll(async () => {
    gate = opened.use(await startGate());
    const platform = opened.use(await startPlatform());
    const environment = { RESERVATION_SECONDS: "1", ADVERTISE_ADDRESS: gate.address };
    const [user, order, inventory] = await Promise.all([
      platform.start("user"),
      platform.start("order"),
      platform.start("inventory", { environment }),
    ]);
    gate.forwardTo(inventory.listening);
    transport = opened.use(openTransport(inventory.listening));
    const addresses = { user: user.listening, order: order.listening, inventory: inventory.listening };
    clients = opened.use(openClients(addresses));
  });

  afterAll(() => opened.disposeAsync());

  reservationExpiryContract(() => transport);

  it("has an order rejected whose commit comes too late", async () => {
    const sku = await stockItem(clients.inventory, { available: 10 });
    const userId = await createSomeUser(clients.users);
    const placement = { userId, idempotencyKey: randomUUID(), lines: [{ sku, quantity: 4 }] };
    using hold = gate.hold("commit", "before");
    const placing = settleOrder(clients.orders, placement);
    await hold.reached();
    await eventually(async () => expect(await availableOf(clients.inventory, sku)).toBe(10));
    hold.open();
    expect(await placing).toMatchObject({
      state: OrderState.REJECTED,
      rejectionReason: RejectionReason.RESERVATION_EXPIRED,
    });
    expect(await availableOf(clients.inventory, sku)).toBe(10);
  });
});

describe("a monolith whose reservations end after a second", () => {
  const opened = new AsyncDisposableStack();
  let transport: Transport;

  beforeAll(async () => {
    const platform = opened.use(await startPlatform());
    const { listening } = await platform.start("monolith", { environment: { RESERVATION_SECONDS: "1" } });
    transport = opened.use(openTransport(listening));
  });

  afterAll(() => opened.disposeAsync());

  reservationExpiryContract(() => transport);
});
