import { randomUUID } from "node:crypto";
import { InventoryService } from "@banyan/stubs-inventory";
import { createClient, type Client, type Transport } from "@connectrpc/connect";
import { beforeAll, describe, expect, it } from "vitest";
import { readRefusal } from "../clients/refusal.ts";
import { newSku, stockItem } from "./samples.ts";

/** WatchStock of `inventory.v1.InventoryService`. */
export function stockWatchContract(transport: () => Transport): void {
  describe("WatchStock", () => {
    let inventory: Client<typeof InventoryService>;

    beforeAll(() => {
      inventory = createClient(InventoryService, transport());
    });

    it("streams the level of now, then newer ones up to the last, each with a greater version", async () => {
      const sku = await stockItem(inventory, { available: 5 });
      const orderId = randomUUID();
      const changes = [
        () => inventory.reserve({ orderId, lines: [{ sku, quantity: 2 }] }),
        () => inventory.release({ orderId }),
        () => inventory.addStock({ sku, quantity: 1, requestId: randomUUID() }),
      ];
      const seen: { available: bigint; version: bigint }[] = [];
      for await (const level of inventory.watchStock({ sku })) {
        expect(level.sku).toBe(sku);
        seen.push(level);
        if (level.available === 6n) break;
        await changes.shift()?.();
      }
      expect(seen.map(({ available }) => available)).toEqual([5n, 3n, 5n, 6n]);
      const versions = seen.map(({ version }) => version);
      expect(versions).toEqual([...new Set(versions)].toSorted((a, b) => (a < b ? -1 : 1)));
    });

    it("may skip levels that follow each other quickly, but not the last one", async () => {
      const sku = await stockItem(inventory, { available: 0 });
      let adding: Promise<unknown> | undefined;
      for await (const { available } of inventory.watchStock({ sku })) {
        if (available === 50n) break;
        adding ??= Promise.all(
          Array.from({ length: 50 }, () => inventory.addStock({ sku, quantity: 1, requestId: randomUUID() })),
        );
      }
      await adding;
    });

    it("answers NOT_FOUND for an item that nobody has put", async () => {
      const sku = newSku();
      const watching = Array.fromAsync(inventory.watchStock({ sku })).catch(readRefusal);
      expect(await watching).toMatchObject({ code: "NotFound", reason: "ITEM_NOT_FOUND", facts: { sku } });
    });
  });
}
