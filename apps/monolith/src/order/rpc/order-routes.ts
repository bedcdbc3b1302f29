import { decodePageToken, encodePageToken } from "@banyan/rpc";
import { OrderService, OrderState, RejectionReason, type OrderSchema } from "@banyan/stubs-order";
import type { MessageInitShape } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import type { ConnectRouter, ServiceImpl } from "@connectrpc/connect";
import { totalOf } from "../../goods.ts";
import type { Order, Orders } from "../domain/order.ts";

/** `order.v1.OrderService` in the words of the domain. */
export function orderRoutes(orders: Orders): (router: ConnectRouter) => void {
  const service: ServiceImpl<typeof OrderService> = {
    placeOrder: async (request) => ({ order: toMessage(await orders.place(request)) }),

    getOrder: async (request) => ({ order: toMessage(await orders.get(request)) }),

    async listOrders({ userId, pageSize, pageToken: token }) {
      const list = `orders of ${userId.toLowerCase()}`;
      const pageToken = token === "" ? undefined : decodePageToken(list, token);
      const page = await orders.list({ userId, pageSize, pageToken });
      const last = page.more ? page.orders.at(-1) : undefined;
      const nextPageToken = last === undefined ? "" : encodePageToken(list, last.id);
      return { orders: page.orders.map(toMessage), nextPageToken };
    },

    cancelOrder: async (request) => ({ order: toMessage(await orders.cancel(request)) }),

    async *watchOrder(request, { signal }) {
      for await (const order of orders.watch(request, signal)) yield { order: toMessage(order) };
    },
  };
  return (router) => router.service(OrderService, service);
}

function toMessage({ id, status, lines, placedAt, ...order }: Order): MessageInitShape<typeof OrderSchema> {
  return {
    ...order,
    orderId: id,
    state: OrderState[status.state],
    rejectionReason: RejectionReason[status.state === "REJECTED" ? status.rejection : "UNSPECIFIED"],
    lines: [...lines],
    total: totalOf(lines),
    placedAt: timestampFromDate(placedAt),
  };
}
