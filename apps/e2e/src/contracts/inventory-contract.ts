import { randomUUID } from "node:crypto";
import { InventoryService } from "@banyan/stubs-inventory";
import { createClient, type Client, type Transport } from "@connectrpc/connect";
import { beforeAll, describe, expect, it } from "vitest";
import { refusalOf } from "../clients/refusal.ts";
import { availableOf, newSku, stockItem } from "./samples.ts";
import { commitReleaseContract } from "./commit-release-contract.ts";
import { reserveContract } from "./reserve-contract.ts";
import { stockWatchContract } from "./stock-watch-contract.ts";

/**
 * What `inventory.v1.InventoryService` promises, whoever serves it. Its reservations last for minutes; what happens
 * when they end is in `reservationExpiryContract`.
 *
 * @param transport to the server; called once its tests begin
 */
export function inventoryContract(transport: () => Transport): void {
  describe("inventory.v1.InventoryService", () => {
    itemContract(transport);
    stockContract(transport);
    reserveContract(transport);
    commitReleaseContract(transport);
    stockWatchContract(transport);
  });
}

function itemContract(transport: () => Transport): void {
  describe("items", () => {
    let inventory: Client<typeof InventoryService>;

    beforeAll(() => {
      inventory = createClient(InventoryService, transport());
    });

    it("creates an item without stock, and reads it back", async () => {
      const sku = newSku();
      const unitPrice = { minorUnits: 10_000_000_000n, currency: "JPY" };
      const { item } = await inventory.putItem({ sku, name: "Äpfel 🍎", unitPrice });
      expect(item).toMatchObject({ sku, name: "Äpfel 🍎", unitPrice, available: 0n });
      expect((await inventory.getItem({ sku })).item).toEqual(item);
    });

    it("changes name and price, and leaves the stock and the reservations of an item as they are", async () => {
      const sku = await stockItem(inventory, { available: 5 });
      await inventory.reserve({ orderId: randomUUID(), lines: [{ sku, quantity: 2 }] });
      const before = (await inventory.getItem({ sku })).item;
      const unitPrice = { minorUnits: 0n, currency: "USD" };
      const { item } = await inventory.putItem({ sku, name: "Pear", unitPrice });
      expect(item).toMatchObject({ sku, name: "Pear", unitPrice, available: 3n });
      expect(item?.version).toBeGreaterThan(before?.version ?? 0n);
    });

    it("keeps apart items whose skus differ in letter case", async () => {
      const sku = newSku("case");
      await stockItem(inventory, { sku, available: 1 });
      await stockItem(inventory, { sku: sku.toUpperCase(), available: 2 });
      expect(await availableOf(inventory, sku)).toBe(1);
    });

    it("answers NOT_FOUND with the sku for an item that nobody has put", async () => {
      const sku = newSku();
      expect(await refusalOf(inventory.getItem({ sku }))).toEqual({
        code: "NotFound",
        reason: "ITEM_NOT_FOUND",
        domain: "inventory.banyan",
        facts: { sku },
      });
    });

    it("lists every item once, by sku, in pages that the tokens chain", async () => {
      const mine = Array.from({ length: 8 }, () => newSku("list"));
      for (const sku of mine.toReversed()) await stockItem(inventory, { sku, available: 0 });
      const listed: string[] = [];
      const sizes: number[] = [];
      let pageToken = "";
      do {
        const page = await inventory.listItems({ pageSize: 7, pageToken });
        listed.push(...page.items.map(({ sku }) => sku));
        sizes.push(page.items.length);
        pageToken = page.nextPageToken;
      } while (pageToken !== "");
      expect(listed.filter((sku) => mine.includes(sku))).toEqual(mine);
      expect(listed).toEqual([...new Set(listed)].toSorted());
      expect(new Set(sizes.slice(0, -1))).toEqual(new Set([7]));
      expect(sizes.at(-1)).toBeGreaterThan(0);
    });
  });
}

function stockContract(transport: () => Transport): void {
  describe("stock", () => {
    let inventory: Client<typeof InventoryService>;

    beforeAll(() => {
      inventory = createClient(InventoryService, transport());
    });

    it("adds stock and answers the new level", async () => {
      const sku = await stockItem(inventory, { available: 2 });
      const { item } = await inventory.addStock({ sku, quantity: 1_000_000, requestId: randomUUID() });
      expect(item?.available).toBe(1_000_002n);
    });

    it("adds once per request_id: the same again answers with the level of now", async () => {
      const sku = await stockItem(inventory, { available: 0 });
      const request = { sku, quantity: 7, requestId: randomUUID() };
      await inventory.addStock(request);
      await inventory.addStock({ sku, quantity: 1, requestId: randomUUID() });
      expect((await inventory.addStock(request)).item?.available).toBe(8n);
    });

    it("adds once when eight ask at once under one request_id", async () => {
      const sku = await stockItem(inventory, { available: 0 });
      const request = { sku, quantity: 3, requestId: randomUUID() };
      await Promise.all(Array.from({ length: 8 }, () => inventory.addStock(request)));
      expect(await availableOf(inventory, sku)).toBe(3);
    });

    it("refuses a request_id that stands for another quantity or another item, and adds nothing", async () => {
      const sku = await stockItem(inventory, { available: 0 });
      const other = await stockItem(inventory, { available: 0 });
      const requestId = randomUUID();
      await inventory.addStock({ sku, quantity: 1, requestId });
      for (const request of [
        { sku, quantity: 2 },
        { sku: other, quantity: 1 },
      ]) {
        expect(await refusalOf(inventory.addStock({ ...request, requestId }))).toEqual({
          code: "AlreadyExists",
          reason: "REQUEST_ID_REUSED",
          domain: "inventory.banyan",
          facts: { request_id: requestId },
        });
      }
      expect([await availableOf(inventory, sku), await availableOf(inventory, other)]).toEqual([1, 0]);
    });

    it("has not used up the request_id of an addition that it refused", async () => {
      const sku = newSku();
      const request = { sku, quantity: 4, requestId: randomUUID() };
      expect(await refusalOf(inventory.addStock(request))).toMatchObject({
        code: "NotFound",
        reason: "ITEM_NOT_FOUND",
      });
      await stockItem(inventory, { sku, available: 0 });
      expect((await inventory.addStock(request)).item?.available).toBe(4n);
    });
  });
}
