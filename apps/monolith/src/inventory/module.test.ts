import { randomUUID } from "node:crypto";
import { Code } from "@connectrpc/connect";
import { expect, it, vi } from "vitest";
import { openMonolith } from "../testing/open-monolith.ts";

it("ends all reservations past their time, and gives back what several held of one item", async () => {
  await using monolith = await openMonolith({ reservationSeconds: 1 });
  const { inventory } = monolith;
  const unitPrice = { minorUnits: 1n, currency: "EUR" };
  await inventory.putItem({ sku: "pear", name: "Pear", unitPrice });
  await inventory.addStock({ sku: "pear", quantity: 10, requestId: "a" });
  const orderIds = [randomUUID(), randomUUID(), randomUUID()];
  for (const orderId of orderIds) await inventory.reserve({ orderId, lines: [{ sku: "pear", quantity: 3 }] });
  expect((await inventory.getItem({ sku: "pear" })).item?.available).toBe(1n);
  await vi.waitFor(async () => expect((await inventory.getItem({ sku: "pear" })).item?.available).toBe(10n), {
    timeout: 10_000,
  });
  for (const orderId of orderIds) {
    await expect(inventory.commit({ orderId })).rejects.toMatchObject({ code: Code.FailedPrecondition });
  }
});

it("gives an item a greater version with every change of the product and of its stock", async () => {
  await using monolith = await openMonolith();
  const { inventory } = monolith;
  const orderId = randomUUID();
  const versions: (bigint | undefined)[] = [];
  const changes = [
    () => inventory.putItem({ sku: "pear", name: "Pear", unitPrice: { minorUnits: 1n, currency: "EUR" } }),
    () => inventory.addStock({ sku: "pear", quantity: 1, requestId: "a" }),
    () => inventory.putItem({ sku: "pear", name: "Pear", unitPrice: { minorUnits: 2n, currency: "EUR" } }),
    () => inventory.reserve({ orderId, lines: [{ sku: "pear", quantity: 1 }] }),
    () => inventory.release({ orderId }),
  ];
  for (const change of changes) {
    await change();
    versions.push((await inventory.getItem({ sku: "pear" })).item?.version);
  }
  expect(versions).toEqual([1n, 2n, 3n, 4n, 5n]);
});
