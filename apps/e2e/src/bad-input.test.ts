import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { badInventoryInput } from "./bad-input/inventory-input.ts";
import { badOrderInput } from "./bad-input/order-input.ts";
import { badUserInput } from "./bad-input/user-input.ts";
import type { BadInput } from "./bad-input/bad-input.ts";
import { openClients, type Clients } from "./clients/clients.ts";
import { call, isUnary } from "./clients/dynamic-call.ts";
import { postJson } from "./clients/json-post.ts";
import { refusalOf } from "./clients/refusal.ts";
import { openTransport, type DisposableTransport } from "./clients/transport.ts";
import { newEmail, newSku, stockItem } from "./contracts/samples.ts";
import { addressesOf, servers } from "./platform/servers.ts";

/** Registers a test for each input: gRPC and JSON answer it alike, with INVALID_ARGUMENT and the names of its fields. */
function refuses(address: string, inputs: readonly BadInput[]): void {
  let grpc: DisposableTransport;
  let json: DisposableTransport;

  beforeAll(() => {
    grpc = openTransport(address, "gRPC");
    json = openTransport(address, "Connect JSON");
  });

  afterAll(() => {
    grpc[Symbol.dispose]();
    json[Symbol.dispose]();
  });

  it.each(inputs)("$what", async ({ method, request, fields }) => {
    const domain = `${method.parent.typeName.split(".")[0]}.banyan`;
    const refusal = { code: "InvalidArgument", reason: "INVALID_INPUT", domain, facts: {}, fields };
    expect(await refusalOf(call(grpc, method, request))).toEqual(refusal);
    expect(await refusalOf(call(json, method, request))).toEqual(refusal);
    if (!isUnary(method)) return; // streams are 200 in HTTP
    expect(await postJson(address, method, request)).toMatchObject({ status: 400, body: { code: "invalid_argument" } });
  });
}

describe.each(servers)("the %s:", (server) => {
  const addresses = addressesOf(server, inject("platform"));
  let clients: Clients & Disposable;

  beforeAll(() => {
    clients = openClients(addresses);
  });

  afterAll(() => clients[Symbol.dispose]());

  describe("bad input to users", () => {
    const email = newEmail();

    refuses(addresses.user, badUserInput(email));

    it("has stored nothing", async () => {
      await clients.users.createUser({ email, name: "Ada", password: "correct horse" });
    });
  });

  describe("bad input to the inventory", () => {
    const sku = newSku("bad-input");
    const orderId = randomUUID();

    beforeAll(async () => {
      await stockItem(clients.inventory, { sku });
    });

    refuses(addresses.inventory, badInventoryInput(sku, orderId));

    it("has stored nothing", async () => {
      expect((await clients.inventory.getItem({ sku })).item).toMatchObject({
        name: "Apple",
        available: 10n,
        version: 2n,
      });
      await clients.inventory.reserve({ orderId, lines: [{ sku, quantity: 10 }] });
      await clients.inventory.addStock({ sku, quantity: 5, requestId: "bad-input" });
    });
  });

  describe("bad input to orders", () => {
    const userId = randomUUID();
    const sku = newSku("bad-input");

    beforeAll(async () => {
      await stockItem(clients.inventory, { sku });
    });

    refuses(addresses.order, badOrderInput(userId, sku));

    it("has stored nothing", async () => {
      expect((await clients.orders.listOrders({ userId })).orders).toEqual([]);
    });
  });
});
