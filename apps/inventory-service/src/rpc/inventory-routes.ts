import { decodePageToken, encodePageToken } from "@banyan/rpc";
import { InventoryService } from "@banyan/stubs-inventory";
import type { ConnectRouter, ServiceImpl } from "@connectrpc/connect";
import type { Inventory } from "../domain/inventory.ts";
import { totalOf } from "../domain/reservation.ts";

/** `inventory.v1.InventoryService` in the words of the domain. */
export function inventoryRoutes(inventory: Inventory): (router: ConnectRouter) => void {
  const service: ServiceImpl<typeof InventoryService> = {
    putItem: async ({ sku, name, unitPrice }) => ({ item: await inventory.putItem({ sku, name, unitPrice }) }),

    getItem: async (request) => ({ item: await inventory.getItem(request) }),

    async listItems({ pageSize, pageToken }) {
      const { items, more } = await inventory.listItems({
        pageSize,
        pageToken: pageToken === "" ? undefined : decodePageToken("items", pageToken),
      });
      const last = more ? items.at(-1) : undefined;
      return { items: [...items], nextPageToken: last === undefined ? "" : encodePageToken("items", last.sku) };
    },

    addStock: async (request) => ({ item: await inventory.addStock(request) }),

    async reserve(request) {
      const lines = await inventory.reserve(request);
      return { lines: [...lines], total: totalOf(lines) };
    },

    async commit(request) {
      await inventory.commit(request);
      return {};
    },

    async release(request) {
      await inventory.release(request);
      return {};
    },

    async *watchStock(request, { signal }) {
      for await (const { sku, available, version } of inventory.watchItem(request, signal)) {
        yield { sku, available, version };
      }
    },
  };
  return (router) => router.service(InventoryService, service);
}
