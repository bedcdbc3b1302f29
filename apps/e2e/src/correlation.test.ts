import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { OrderService } from "@banyan/stubs-order";
import { UserService } from "@banyan/stubs-user";
import { describe, expect, inject, it } from "vitest";
import { openClients } from "./clients/clients.ts";
import { postJson } from "./clients/json-post.ts";
import { createSomeUser, newEmail, stockItem } from "./contracts/samples.ts";
import { eventually } from "./platform/eventually.ts";
import { readLog } from "./platform/log-file.ts";

const { user, order, inventory } = inject("platform");

/** The methods that a service has logged a call of under one correlation id, with their codes. */
async function callsOf(logFile: string, requestId: string): Promise<readonly string[]> {
  const lines = (await readLog(logFile)).filter((line) => line["requestId"] === requestId && line.msg === "call");
  return lines.map(({ method, code }) => `${String(method)} ${String(code)}`);
}

describe("x-request-id", () => {
  it("is in the logs of all services that worked on the call, and in the answer", async () => {
    using clients = openClients({ user: user.listening, order: order.listening, inventory: inventory.listening });
    const userId = await createSomeUser(clients.users);
    const lines = [{ sku: await stockItem(clients.inventory), quantity: 1 }];
    const requestId = `e2e.${randomUUID()}`;
    const request = { userId, idempotencyKey: "k", lines };
    const placed = await postJson(order.listening, OrderService.method.placeOrder, request, {
      "x-request-id": requestId,
    });
    expect(placed.body).toMatchObject({ order: { state: "ORDER_STATE_CONFIRMED" } });
    expect(placed.headers.get("x-request-id")).toBe(requestId);
    await eventually(async () => {
      expect(await callsOf(order.logFile, requestId)).toEqual(["order.v1.OrderService/PlaceOrder ok"]);
      expect(await callsOf(user.logFile, requestId)).toEqual(["user.v1.UserService/GetUser ok"]);
      expect(await callsOf(inventory.logFile, requestId)).toEqual([
        "inventory.v1.InventoryService/Reserve ok",
        "inventory.v1.InventoryService/Commit ok",
      ]);
    });
  });

  it.each([
    ["none was sent", {}],
    ["the one that was sent is not well formed", { "x-request-id": "not well formed" }],
  ])("is made up where %s, and answered with an error too", async (_, headers) => {
    const missing = { userId: randomUUID() };
    const answer = await postJson(user.listening, UserService.method.getUser, missing, headers);
    const requestId = answer.headers.get("x-request-id") ?? "";
    expect(requestId).toMatch(/^[0-9a-f]{32}$/);
    await eventually(async () => {
      expect(await callsOf(user.logFile, requestId)).toEqual(["user.v1.UserService/GetUser not_found"]);
    });
  });
});

describe("the log of the user service", () => {
  it("has neither passwords nor emails nor names, whatever becomes of the call", async () => {
    const secrets = { email: newEmail(), name: `Ada ${randomUUID()}`, password: `correct ${randomUUID()}` };
    const requestId = randomUUID();
    for (const request of [secrets, secrets, { ...secrets, email: `@${secrets.email}` }]) {
      await postJson(user.listening, UserService.method.createUser, request, { "x-request-id": requestId });
    }
    await eventually(async () => expect(await callsOf(user.logFile, requestId)).toHaveLength(3));
    const log = (await readFile(user.logFile, "utf8")).toLowerCase();
    for (const secret of Object.values(secrets)) expect(log).not.toContain(secret.toLowerCase());
  });
});
