import { randomUUID } from "node:crypto";
import { InventoryService } from "@banyan/stubs-inventory";
import { OrderService } from "@banyan/stubs-order";
import { UserService } from "@banyan/stubs-user";
import type { DescMethod, DescService, JsonObject } from "@bufbuild/protobuf";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { call } from "./clients/dynamic-call.ts";
import { runBuf } from "./clients/program.ts";
import { refusalOf } from "./clients/refusal.ts";
import { openTransport } from "./clients/transport.ts";
import { serveDynamically } from "./compatibility/dynamic-server.ts";
import { buildNewerContract, changeContract, type NewerContract } from "./compatibility/newer-contract.ts";
import { newEmail, newSku } from "./contracts/samples.ts";
import { workspaceFolder } from "./platform/paths.ts";

/** What an older client asks, what a newer server answers, and what the client makes of it. */
interface Exchange {
  readonly method: string;
  readonly request: JsonObject;
  readonly answer: JsonObject;
  readonly understood: JsonObject;
}

interface Contract {
  readonly name: string;
  readonly older: DescService;
  readonly address: string;
  /** What the real service answers to a request, which may be made more than once. */
  readonly real: { readonly method: string; request(): JsonObject; readonly answer: JsonObject };
  readonly exchanges: readonly Exchange[];
}

const platform = inject("platform");
const sku = newSku();
const orderId = randomUUID();
const userId = randomUUID();
const user = { userId, email: "ada@example.com", name: "Ada" };
const order = { orderId, userId, state: "ORDER_STATE_CONFIRMED", lines: [{ sku, quantity: 1 }], version: "4" };
const item = { sku, name: "Apple", unitPrice: { minorUnits: "250", currency: "EUR" } };
const level = { sku, available: "3", version: "7" };
const added = { added: "what an older client does not know" };

const contracts: readonly Contract[] = [
  {
    name: "user",
    older: UserService,
    address: platform.user.listening,
    real: {
      method: "createUser",
      request: () => ({ email: newEmail(), name: "Ada", password: "correct horse" }),
      answer: { success: true },
    },
    exchanges: [{ method: "getUser", request: { userId }, answer: { ...user, ...added }, understood: user }],
  },
  {
    name: "order",
    older: OrderService,
    address: platform.order.listening,
    real: {
      method: "placeOrder",
      request: () => ({ userId, idempotencyKey: "k", lines: [{ sku, quantity: 1 }] }),
      answer: { order: { rejectionReason: "REJECTION_REASON_USER_NOT_FOUND" } },
    },
    exchanges: ["getOrder", "watchOrder"].map((method) => ({
      method,
      request: { orderId },
      answer: { order: { ...order, ...added }, ...added },
      understood: { order },
    })),
  },
  {
    name: "inventory",
    older: InventoryService,
    address: platform.inventory.listening,
    real: { method: "putItem", request: () => item, answer: { item } },
    exchanges: [
      {
        method: "getItem",
        request: { sku },
        answer: { item: { ...item, ...added }, ...added },
        understood: { item },
      },
      { method: "watchStock", request: { sku }, answer: { ...level, ...added }, understood: level },
      { method: "commit", request: { orderId }, answer: added, understood: {} },
    ],
  },
];

describe.each(contracts)("the contract of the $name service", ({ name, older, address, real, exchanges }) => {
  let newer: NewerContract;

  beforeAll(async () => {
    newer = await buildNewerContract(name);
  });

  afterAll(() => newer[Symbol.asyncDispose]());

  it("may get fields and RPCs, and no other numbers for the fields it has", async () => {
    const breaking = (folder: string) => runBuf(["breaking", folder, "--against", workspaceFolder]);
    expect(await breaking(newer.folder)).toEqual({ code: 0, stdout: "", stderr: "" });
    await using renumbered = await changeContract(name, (proto) => proto.replace(/( string \w+ = )1;/, "$1101;"));
    const { code, stdout } = await breaking(renumbered.folder);
    expect(code).toBe(100);
    expect(stdout).toContain('Previously present field "1" with name');
  });

  it.each(["gRPC", "Connect JSON"] as const)("serves a newer client over %s", async (protocol) => {
    using transport = openTransport(address, protocol);
    const [answer] = await call(transport, methodOf(newer.service, real.method), { ...real.request(), ...added });
    expect(answer).toMatchObject(real.answer);
    expect(await refusalOf(call(transport, newer.added, {}))).toMatchObject({ code: "Unimplemented" });
  });

  it.each(["gRPC", "Connect JSON"] as const)("is called by an older client over %s", async (protocol) => {
    const answers = Object.fromEntries(exchanges.map(({ method, answer }) => [method, answer]));
    await using server = await serveDynamically(newer.service, answers);
    using transport = openTransport(protocol === "gRPC" ? server.http2Address : server.http1Address, protocol);
    for (const { method, request, understood } of exchanges) {
      expect(await call(transport, methodOf(older, method), request)).toEqual([understood]);
    }
    expect(server.requests).toEqual(exchanges.map(({ request }) => request));
  });
});

function methodOf(service: DescService, name: string): DescMethod {
  const method = service.method[name];
  if (method === undefined) throw new Error(`${service.typeName} has no method ${name}`);
  return method;
}
