import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, inject, it } from "vitest";
import { runBuf } from "./clients/program.ts";
import { newEmail, newSku } from "./contracts/samples.ts";
import { protoFolder } from "./platform/paths.ts";

const { user, order, inventory } = inject("platform");

/** Calls a method that has one answer with `buf curl`, which learns the contract by server reflection unless the flags say otherwise. */
async function bufCurl(address: string, method: string, request: object, ...flags: string[]) {
  const data = JSON.stringify(request);
  const { code, stdout, stderr } = await runBuf(["curl", ...flags, "-d", data, `http://${address}/${method}`]);
  return { code, stderr, answer: stdout === "" ? undefined : parse(stdout) };
}

function parse(text: string): unknown {
  return JSON.parse(text);
}

describe("buf curl", () => {
  const sku = newSku();

  beforeAll(async () => {
    const item = { sku, name: "Apple", unitPrice: { minorUnits: "250", currency: "EUR" } };
    expect(await bufCurl(inventory.listening, "inventory.v1.InventoryService/PutItem", item)).toMatchObject({
      code: 0,
    });
  });

  it.each([
    [user.listening, ["user.v1.UserService/CreateUser", "user.v1.UserService/GetUser"]],
    [
      order.listening,
      ["CancelOrder", "GetOrder", "ListOrders", "PlaceOrder", "WatchOrder"].map((m) => `order.v1.OrderService/${m}`),
    ],
    [
      inventory.listening,
      ["AddStock", "Commit", "GetItem", "ListItems", "PutItem", "Release", "Reserve", "WatchStock"].map(
        (m) => `inventory.v1.InventoryService/${m}`,
      ),
    ],
  ])("lists the methods of %s by reflection", async (address, methods) => {
    const { code, stdout } = await runBuf(["curl", "--http2-prior-knowledge", "--list-methods", `http://${address}`]);
    expect(code).toBe(0);
    const listed = stdout.split("\n").filter((line) => line.includes(".v1.") && !line.startsWith("grpc."));
    expect(listed).toEqual(methods);
  });

  it.each(["grpc", "grpcweb", "connect"])("calls over %s with HTTP/2 and reflection", async (protocol) => {
    const flags = ["--http2-prior-knowledge", "--protocol", protocol];
    expect(await bufCurl(inventory.listening, "inventory.v1.InventoryService/GetItem", { sku }, ...flags)).toEqual({
      code: 0,
      stderr: "",
      answer: { item: { sku, name: "Apple", unitPrice: { minorUnits: "250", currency: "EUR" }, version: "1" } },
    });
  });

  it.each(["grpcweb", "connect"])("calls over %s with HTTP/1.1 and the contract at hand", async (protocol) => {
    const flags = ["--schema", protoFolder, "--reflect=false", "--protocol", protocol];
    const request = { email: newEmail(), name: "Ada", password: "correct horse" };
    expect(await bufCurl(user.listening, "user.v1.UserService/CreateUser", request, ...flags)).toMatchObject({
      code: 0,
      answer: { success: true },
    });
  });

  it.each(["grpc", "grpcweb", "connect"])("reads a stream to its end over %s", async (protocol) => {
    const request = { userId: randomUUID(), idempotencyKey: "k", lines: [{ sku, quantity: 1 }] };
    const flags = ["--protocol", protocol];
    const placed = await bufCurl(order.listening, "order.v1.OrderService/PlaceOrder", request, ...flags);
    expect(placed.answer).toMatchObject({ order: { rejectionReason: "REJECTION_REASON_USER_NOT_FOUND" } });
    const listed = await bufCurl(order.listening, "order.v1.OrderService/ListOrders", { userId: request.userId });
    const orderId = /"orderId":"([0-9a-f-]+)"/.exec(JSON.stringify(listed.answer))?.[1];
    const watched = await bufCurl(order.listening, "order.v1.OrderService/WatchOrder", { orderId }, ...flags);
    expect(watched).toMatchObject({ code: 0, answer: placed.answer });
  });

  it.each(["grpc", "grpcweb", "connect"])("shows what is wrong with a request over %s", async (protocol) => {
    const request = { userId: "42" };
    const { code, stderr } = await bufCurl(
      user.listening,
      "user.v1.UserService/GetUser",
      request,
      "--protocol",
      protocol,
    );
    expect(code).toBe(3 << 3); // INVALID_ARGUMENT, as buf curl exits
    expect(parse(stderr)).toMatchObject({
      code: "invalid_argument",
      message: "user_id: must be a UUID",
      details: [{ type: "google.rpc.ErrorInfo" }, { type: "google.rpc.BadRequest" }],
    });
  });
});
