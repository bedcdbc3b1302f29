import { randomUUID } from "node:crypto";
import { BadRequestSchema, ErrorInfoSchema } from "@banyan/stubs-standard/error-details";
import { InventoryService } from "@banyan/stubs-inventory";
import { OrderService } from "@banyan/stubs-order";
import { UserService } from "@banyan/stubs-user";
import { beforeEach, describe, expect, inject, it } from "vitest";
import { detailIn, postJson } from "./clients/json-post.ts";
import { runProgram } from "./clients/program.ts";
import { newEmail, newSku } from "./contracts/samples.ts";

const { user, order, inventory } = inject("platform");
const { createUser, getUser } = UserService.method;
const { putItem, addStock } = InventoryService.method;

const ada = () => ({ email: newEmail(), name: "Ada", password: "correct horse" });

describe("HTTP/1.1 with JSON", () => {
  it("places an order", async () => {
    const sku = newSku();
    const unitPrice = { minorUnits: "250", currency: "EUR" };
    await postJson(inventory.listening, putItem, { sku, name: "Apple", unitPrice });
    await postJson(inventory.listening, addStock, { sku, quantity: 2, requestId: randomUUID() });
    const created = await postJson(user.listening, createUser, ada());
    expect(created).toMatchObject({ status: 200, body: { userId: expect.any(String), success: true } });
    const { userId } = created.body;
    const placed = await postJson(order.listening, OrderService.method.placeOrder, {
      userId,
      idempotencyKey: "k",
      lines: [{ sku, quantity: 2 }],
    });
    expect(placed.status).toBe(200);
    expect(placed.headers.get("content-type")).toBe("application/json");
    expect(placed.body).toMatchObject({
      order: {
        userId,
        state: "ORDER_STATE_CONFIRMED",
        lines: [{ sku, quantity: 2, unitPrice }],
        total: { minorUnits: "500", currency: "EUR" },
        placedAt: expect.stringMatching(/^20\d\d-.*Z$/),
      },
    });
  });

  it("says what is wrong in the body, for people and for programs", async () => {
    const answer = await postJson(user.listening, createUser, { ...ada(), email: "ada", password: "x" });
    expect(answer).toMatchObject({
      status: 400,
      body: {
        code: "invalid_argument",
        message: "email: must be an email address; password: must have 8 to 1024 bytes",
      },
    });
    expect(detailIn(answer, ErrorInfoSchema)).toMatchObject({ reason: "INVALID_INPUT", domain: "user.banyan" });
    expect(detailIn(answer, BadRequestSchema)).toMatchObject({
      fieldViolations: [
        { field: "email", description: "must be an email address" },
        { field: "password", description: "must have 8 to 1024 bytes" },
      ],
    });
  });

  it.each([
    [404, "not_found", getUser, { userId: randomUUID() }],
    [409, "already_exists", createUser, { ...ada(), email: "taken@example.com" }],
  ])("has the HTTP status %i for %s", async (status, code, method, request) => {
    await postJson(user.listening, createUser, { ...ada(), email: "taken@example.com" });
    expect(await postJson(user.listening, method, request)).toMatchObject({ status, body: { code } });
  });

  it("takes field names as the contract spells them, and ignores those that it does not know", async () => {
    const created = await postJson(user.listening, createUser, ada());
    const { userId } = created.body;
    const answer = await postJson(user.listening, getUser, {
      user_id: userId,
      nickname: "A",
      more: { than: ["that"] },
    });
    expect(answer).toMatchObject({ status: 200, body: { userId } });
  });

  it("reads what has no side effects with GET", async () => {
    const created = await postJson(user.listening, createUser, ada());
    const message = encodeURIComponent(JSON.stringify({ userId: created.body["userId"] }));
    const url = `http://${user.listening}/user.v1.UserService/GetUser?connect=v1&encoding=json&message=${message}`;
    const response = await fetch(url, { signal: AbortSignal.timeout(5000) });
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ name: "Ada" });
  });
});

const curl = await runProgram("curl", ["--version"]).catch(() => undefined);

describe("curl", () => {
  beforeEach((context) => context.skip(curl?.code !== 0, "curl is not installed"));

  const url = `http://${user.listening}/user.v1.UserService/CreateUser`;

  it.each(["--http1.1", "--http2-prior-knowledge"])("posts JSON with %s", async (version) => {
    const data = ["-H", "content-type: application/json", "-d", JSON.stringify(ada())];
    const { code, stdout } = await runProgram("curl", ["-sS", version, ...data, "-w", "\n%{http_code}", url]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^\{"userId":"[0-9a-f-]{36}","success":true\}\n200$/);
  });
});
