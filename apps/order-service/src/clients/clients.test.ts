import { randomUUID } from "node:crypto";
import { InfrastructureError } from "@banyan/errors";
import { RetryInfoSchema } from "@banyan/stubs-standard/error-details";
import { Code, ConnectError } from "@connectrpc/connect";
import { describe, expect, it } from "vitest";
import type { Order } from "../domain/order.ts";
import { Neighbours, refusal } from "../testing/neighbours.ts";
import { createStock } from "./stock.ts";
import { createUserDirectory } from "./users.ts";

const order: Order = {
  id: randomUUID(),
  userId: randomUUID(),
  idempotencyKey: "k",
  status: { state: "PENDING", step: "RESERVE" },
  lines: [{ sku: "tea", quantity: 2, unitPrice: undefined }],
  placedAt: new Date(0),
  version: 1n,
};

/** A neighbour's behaviour: to answer with this error. */
function fail(error: ConnectError): () => never {
  return () => {
    throw error;
  };
}

/** What reserving comes to when the inventory service answers with this error. */
async function reserveAgainst(error: ConnectError) {
  const neighbours = new Neighbours();
  neighbours.next.set("reserve", fail(error));
  return createStock(neighbours.transport).reserve(order);
}

describe("the stock", () => {
  it.each(["ITEM_NOT_FOUND", "OUT_OF_STOCK", "MIXED_CURRENCIES", "RESERVATION_EXPIRED", "RESERVATION_RELEASED"])(
    "takes %s for a rejection of that name",
    async (reason) => {
      const outcome = await reserveAgainst(refusal(Code.FailedPrecondition, reason));
      expect(outcome).toEqual({ reserved: false, rejection: reason });
    },
  );

  it.each([
    ["that reserving does not have", refusal(Code.NotFound, "RESERVATION_NOT_FOUND")],
    ["of a newer contract", refusal(Code.FailedPrecondition, "ITEM_RECALLED")],
    ["of another service", refusal(Code.FailedPrecondition, "OUT_OF_STOCK", "order.banyan")],
  ])("takes a reason %s for a failure", async (_, error) => {
    await expect(reserveAgainst(error)).rejects.toThrow(InfrastructureError);
  });

  it.each([
    [Code.Unavailable, "unavailable"],
    [Code.ResourceExhausted, "unavailable"],
    [Code.Aborted, "unavailable"],
    [Code.DeadlineExceeded, "timeout"],
    [Code.Canceled, "timeout"],
    [Code.Unknown, "timeout"],
    [Code.Unimplemented, "internal"],
    [Code.Unauthenticated, "internal"],
  ])("calls status %i %s, and names the inventory service", async (code, kind) => {
    const failing = reserveAgainst(new ConnectError("10.1.2.3 said no", code));
    await expect(failing).rejects.toMatchObject({ kind, dependency: "inventory service" });
  });
});

describe("a neighbour that is busy", () => {
  it("has its word on when to come back passed on", async () => {
    const busy = new ConnectError("too many calls", Code.ResourceExhausted, undefined, [
      { desc: RetryInfoSchema, value: { retryDelay: { seconds: 2n, nanos: 500_000_000 } } },
    ]);
    await expect(reserveAgainst(busy)).rejects.toMatchObject({ kind: "unavailable", retryAfterMs: 2500 });
    const silent = new ConnectError("too many calls", Code.ResourceExhausted);
    await expect(reserveAgainst(silent)).rejects.toMatchObject({ retryAfterMs: undefined });
  });
});

describe("the users", () => {
  it.each([
    ["nobody", refusal(Code.NotFound, "USER_NOT_FOUND"), false],
    ["somebody", undefined, true],
  ])("know %s", async (_, error, exists) => {
    const neighbours = new Neighbours();
    neighbours.next.set("getUser", error === undefined ? () => undefined : fail(error));
    expect(await createUserDirectory(neighbours.transport).exists(order.userId)).toBe(exists);
  });

  it("do not know somebody for NOT_FOUND alone: whoever answered may not have been the user service", async () => {
    const neighbours = new Neighbours();
    neighbours.next.set("getUser", fail(new ConnectError("no such page", Code.NotFound)));
    await expect(createUserDirectory(neighbours.transport).exists(order.userId)).rejects.toMatchObject({
      kind: "internal",
    });
  });
});
