import { decodePageToken, encodePageToken } from "@banyan/rpc";
import { OrderService } from "@banyan/stubs-order";
import type { ConnectRouter, ServiceImpl } from "@connectrpc/connect";
import type { Orders } from "../domain/orders.ts";
import { orderMessage } from "./order-message.ts";

/** `order.v1.OrderService` in the words of the domain. */
export function orderRoutes(orders: Orders): (router: ConnectRouter) => void {
  const service: ServiceImpl<typeof OrderService> = {
    placeOrder: async (request) => ({ order: orderMessage(await orders.place(request)) }),

    getOrder: async (request) => ({ order: orderMessage(await orders.get(request)) }),

    async listOrders({ userId, pageSize, pageToken }) {
      const list = `orders of ${userId.toLowerCase()}`;
      const { orders: page, more } = await orders.list({
        userId,
        pageSize,
        pageToken: pageToken === "" ? undefined : decodePageToken(list, pageToken),
      });
      const last = more ? page.at(-1) : undefined;
      return {
        orders: page.map(orderMessage),
        nextPageToken: last === undefined ? "" : encodePageToken(list, last.id),
      };
    },

    cancelOrder: async (request) => ({ order: orderMessage(await orders.cancel(request)) }),

    async *watchOrder(request, { signal }) {
      for await (const order of orders.watch(request, signal)) yield { order: orderMessage(order) };
    },
  };
  return (router) => router.service(OrderService, service);
}
