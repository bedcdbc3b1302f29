import { decodePageToken, encodePageToken } from "@banyan/rpc";
import { InventoryService } from "@banyan/stubs-inventory";
import type { ConnectRouter, ServiceImpl } from "@connectrpc/connect";
import { totalOf } from "../../goods.ts";
import type { Items, Reservations } from "../domain/inventory.ts";

/** What page tokens of items are of. */
const list = "items";

/** `inventory.v1.InventoryService` in the words of the domain. */
export function inventoryRoutes(items: Items, reservations: Reservations): (router: ConnectRouter) => void {
  const service: ServiceImpl<typeof InventoryService> = {
    putItem: async ({ sku, name, unitPrice }) => ({ item: await items.put({ sku, name, unitPrice }) }),

    getItem: async (request) => ({ item: await items.get(request) }),

    async listItems({ pageSize, pageToken: token }) {
      const pageToken = token === "" ? undefined : decodePageToken(list, token);
      const page = await items.list({ pageSize, pageToken });
      const last = page.more ? page.items.at(-1) : undefined;
      return { items: [...page.items], nextPageToken: last === undefined ? "" : encodePageToken(list, last.sku) };
    },

    addStock: async (request) => ({ item: await items.addStock(request) }),

    async reserve(request) {
      const lines = await reservations.reserve(request);
      return { lines: [...lines], total: totalOf(lines) };
    },

    async commit(request) {
      await reservations.commit(request);
      return {};
    },

    async release(request) {
      await reservations.release(request);
      return {};
    },

    async *watchStock(request, { signal }) {
      for await (const { sku, available, version } of items.watch(request, signal)) yield { sku, available, version };
    },
  };
  return (router) => router.service(InventoryService, service);
}
