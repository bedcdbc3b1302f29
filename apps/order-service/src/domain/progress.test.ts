import { InfrastructureError } from "@banyan/errors";
import { describe, expect, it } from "vitest";
import type { Order, OrderStatus } from "./order.ts";
import { orderSteps, type Stock, type UserDirectory } from "./progress.ts";

const price = { minorUnits: 350n, currency: "EUR" };
const unitPrices = new Map([["tea", price]]);

const everybody: UserDirectory = { exists: () => Promise.resolve(true) };
const plenty: Stock = {
  reserve: () => Promise.resolve({ reserved: true, unitPrices }),
  commit: () => Promise.resolve({ committed: true }),
  release: () => Promise.resolve(),
};

function order(status: OrderStatus): Order {
  const lines = [{ sku: "tea", quantity: 1, unitPrice: undefined }];
  return { id: "o", userId: "u", idempotencyKey: "k", status, lines, placedAt: new Date(0), version: 1n };
}

describe("orderSteps", () => {
  it.each<[string, OrderStatus, OrderStatus, UserDirectory?, Stock?]>([
    ["a user who exists", { state: "PENDING", step: "CHECK_USER" }, { state: "PENDING", step: "RESERVE" }],
    [
      "a user who does not exist",
      { state: "PENDING", step: "CHECK_USER" },
      { state: "REJECTED", rejection: "USER_NOT_FOUND" },
      { exists: () => Promise.resolve(false) },
    ],
    [
      "a refused reservation",
      { state: "PENDING", step: "RESERVE" },
      { state: "REJECTED", rejection: "OUT_OF_STOCK" },
      everybody,
      { ...plenty, reserve: () => Promise.resolve({ reserved: false, rejection: "OUT_OF_STOCK" }) },
    ],
    ["a commit", { state: "PENDING", step: "COMMIT" }, { state: "CONFIRMED" }],
    [
      "a reservation that has expired before the commit",
      { state: "PENDING", step: "COMMIT" },
      { state: "REJECTED", rejection: "RESERVATION_EXPIRED" },
      everybody,
      { ...plenty, commit: () => Promise.resolve({ committed: false, rejection: "RESERVATION_EXPIRED" }) },
    ],
    ["a release", { state: "CANCELLING" }, { state: "CANCELLED" }],
  ])("after %s", async (_, from, to, users = everybody, stock = plenty) => {
    expect((await orderSteps(users, stock)(order(from))).status).toEqual(to);
  });

  it("brings the unit prices of the reservation", async () => {
    expect(await orderSteps(everybody, plenty)(order({ state: "PENDING", step: "RESERVE" }))).toEqual({
      status: { state: "PENDING", step: "COMMIT" },
      unitPrices,
    });
  });

  it("guesses nothing when the outcome is not known", async () => {
    const lost = () => Promise.reject(new InfrastructureError("timeout", "inventory service", "lost"));
    const steps = orderSteps({ exists: lost }, { reserve: lost, commit: lost, release: lost });
    for (const status of [
      { state: "PENDING", step: "CHECK_USER" },
      { state: "PENDING", step: "RESERVE" },
      { state: "PENDING", step: "COMMIT" },
      { state: "CANCELLING" },
    ] satisfies OrderStatus[]) {
      await expect(steps(order(status))).rejects.toThrow(InfrastructureError);
    }
  });

  it("knows no step of an order that is settled", async () => {
    await expect(orderSteps(everybody, plenty)(order({ state: "CONFIRMED" }))).rejects.toThrow("no step left");
  });
});
