import { randomUUID } from "node:crypto";
import { Metadata } from "@grpc/grpc-js";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { openGrpcJs, readGrpcJsError, type GrpcJsClient } from "./clients/grpc-js.ts";
import { newEmail, newSku } from "./contracts/samples.ts";

const platform = inject("platform");

describe("@grpc/grpc-js", () => {
  let users: GrpcJsClient;
  let inventory: GrpcJsClient;
  let orders: GrpcJsClient;

  beforeAll(() => {
    users = openGrpcJs(platform.user.listening, "user/v1/user.proto", "user.v1.UserService");
    inventory = openGrpcJs(
      platform.inventory.listening,
      "inventory/v1/inventory.proto",
      "inventory.v1.InventoryService",
    );
    orders = openGrpcJs(platform.order.listening, "order/v1/order.proto", "order.v1.OrderService");
  });

  afterAll(() => {
    for (const client of [users, inventory, orders]) client[Symbol.dispose]();
  });

  const createUser = (): Promise<object> =>
    users.unary("CreateUser", { email: newEmail(), name: "Ada", password: "correct horse" });

  it("places an order, lists it and cancels it", async () => {
    const sku = newSku();
    await inventory.unary("PutItem", { sku, name: "Apple", unit_price: { minor_units: "250", currency: "EUR" } });
    await inventory.unary("AddStock", { sku, quantity: 2, request_id: randomUUID() });
    const { user_id } = { user_id: "", ...(await createUser()) };
    const placed = await orders.unary("PlaceOrder", { user_id, idempotency_key: "k", lines: [{ sku, quantity: 2 }] });
    const { order } = { order: { order_id: "" }, ...placed };
    expect(order).toMatchObject({
      state: "ORDER_STATE_CONFIRMED",
      total: { minor_units: "500", currency: "EUR" },
    });
    expect(await orders.unary("ListOrders", { user_id })).toEqual({ orders: [order], next_page_token: "" });
    const { order_id } = order;
    expect(await orders.unary("CancelOrder", { order_id })).toMatchObject({
      order: { state: "ORDER_STATE_CANCELLED" },
    });
  });

  it("reads a server stream to its end, and one that it cancels", async () => {
    const sku = newSku();
    await inventory.unary("PutItem", { sku, name: "Apple", unit_price: { minor_units: "250", currency: "EUR" } });
    for await (const level of inventory.serverStream("WatchStock", { sku })) {
      expect(level).toEqual({ sku, available: "0", version: "1" });
      break;
    }
    const { user_id } = { user_id: "", ...(await createUser()) };
    const lines = [{ sku, quantity: 1 }];
    const placed = await orders.unary("PlaceOrder", { user_id, idempotency_key: "k", lines });
    const { order } = { order: { order_id: "" }, ...placed };
    expect(await Array.fromAsync(orders.serverStream("WatchOrder", { order_id: order.order_id }))).toEqual([placed]);
  });

  it("finds reason and fields of a refusal in grpc-status-details-bin", async () => {
    const request = { user_id: "42", idempotency_key: "k", lines: [{ sku: "a", quantity: 0 }] };
    expect(await orders.unary("PlaceOrder", request).catch(readGrpcJsError)).toEqual({
      code: "INVALID_ARGUMENT",
      reason: "INVALID_INPUT",
      fields: ["user_id", "lines[0].quantity"],
    });
    const sku = newSku();
    const watching = Array.fromAsync(inventory.serverStream("WatchStock", { sku }));
    expect(await watching.catch(readGrpcJsError)).toMatchObject({ code: "NOT_FOUND", reason: "ITEM_NOT_FOUND" });
  });

  it("gets DEADLINE_EXCEEDED on a stream that outlives its deadline", async () => {
    const sku = newSku();
    await inventory.unary("PutItem", { sku, name: "Apple", unit_price: { minor_units: "250", currency: "EUR" } });
    const watching = Array.fromAsync(inventory.serverStream("WatchStock", { sku }, { deadlineMs: 300 }));
    expect(await watching.catch(readGrpcJsError)).toMatchObject({ code: "DEADLINE_EXCEEDED" });
  });

  it("gets UNIMPLEMENTED for a service that is not there", async () => {
    using elsewhere = openGrpcJs(platform.user.listening, "order/v1/order.proto", "order.v1.OrderService");
    const called = elsewhere.unary("GetOrder", { order_id: randomUUID() });
    expect(await called.catch(readGrpcJsError)).toMatchObject({ code: "UNIMPLEMENTED" });
  });

  it("may send metadata of bytes", async () => {
    const metadata = new Metadata();
    metadata.set("x-custom-bin", Buffer.from([0, 255, 128]));
    const called = users.unary("GetUser", { user_id: randomUUID() }, { metadata });
    expect(await called.catch(readGrpcJsError)).toMatchObject({ code: "NOT_FOUND" });
  });
});

describe("grpc.health.v1 through @grpc/grpc-js", () => {
  const health = (address: string) => openGrpcJs(address, "grpc/health/v1/health.proto", "grpc.health.v1.Health");

  it.each([
    ["user.v1.UserService", platform.user.listening],
    ["order.v1.OrderService", platform.order.listening],
    ["inventory.v1.InventoryService", platform.inventory.listening],
  ])("says SERVING of %s and of the whole server", async (service, address) => {
    using client = health(address);
    expect(await client.unary("Check", { service })).toEqual({ status: "SERVING" });
    expect(await client.unary("Check", { service: "" })).toEqual({ status: "SERVING" });
  });

  it("answers NOT_FOUND to Check, and SERVICE_UNKNOWN to Watch, of a service that is not there", async () => {
    using client = health(platform.user.listening);
    const service = "order.v1.OrderService";
    expect(await client.unary("Check", { service }).catch(readGrpcJsError)).toMatchObject({ code: "NOT_FOUND" });
    for await (const answer of client.serverStream("Watch", { service })) {
      expect(answer).toEqual({ status: "SERVICE_UNKNOWN" });
      break;
    }
  });

  it("streams the status of now to Watch", async () => {
    using client = health(platform.order.listening);
    for await (const answer of client.serverStream("Watch", { service: "order.v1.OrderService" })) {
      expect(answer).toEqual({ status: "SERVING" });
      break;
    }
  });
});
