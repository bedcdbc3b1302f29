import { InfrastructureError, parseInput } from "@banyan/errors";
import type { Database, Notifications } from "@banyan/postgres";
import { orderKey } from "../../changes.ts";
import { sameLines } from "../../goods.ts";
import { IdempotencyKeyReusedError, OrderNotFoundError, OrderRejectedError } from "../domain/errors.ts";
import {
  isSettled,
  newOrder,
  orderQuery,
  pageQuery,
  type Neighbours,
  type Order,
  type Orders,
} from "../domain/order.ts";
import { findOrder, lockOrder, selectOrderLines, toOrders, type OrderLineRow } from "./order-rows.ts";
import { insertOrder, saveStatus } from "./order-writes.ts";
import { settleOrder } from "./settle-order.ts";

export interface OrdersDependencies {
  readonly database: Database;
  /**
   * The same database, through a pool of its own: for transactions that lock an order. They wait for other modules, which
   * need connections meanwhile; out of one pool, they would wait for each other, and reads for both.
   */
  readonly lockingDatabase: Database;
  /** Of `changeChannel`. */
  readonly changes: Notifications;
  readonly neighbours: Neighbours;
  /** Told when an order could not be taken further for now. */
  readonly onStuck: (orderId: string, failure: InfrastructureError) => void;
}

export function createOrders({ database, lockingDatabase, changes, neighbours, onStuck }: OrdersDependencies): Orders {
  const find = async (orderId: string): Promise<Order> => {
    const order = await findOrder(database, orderId);
    if (order === undefined) throw new OrderNotFoundError(orderId);
    return order;
  };

  const settle = async (orderId: string): Promise<Order> => {
    try {
      return await settleOrder(lockingDatabase, orderId, neighbours);
    } catch (error) {
      if (error instanceof InfrastructureError) onStuck(orderId, error);
      throw error;
    }
  };

  return {
    async place(input) {
      const wanted = parseInput(newOrder, input);
      const order = await database.transaction((transaction) => insertOrder(transaction, wanted));
      if (!sameLines(order.lines, wanted.lines)) throw new IdempotencyKeyReusedError(order.id);
      if (isSettled(order)) return order;
      try {
        return await settle(order.id);
      } catch (error) {
        // The order stands: the caller learns how far it has come, and takes it further with the same key.
        if (error instanceof InfrastructureError) return find(order.id);
        throw error;
      }
    },

    get: async (query) => find(parseInput(orderQuery, query).orderId),

    async list(query) {
      const { userId, pageSize, pageToken = "ffffffff-ffff-ffff-ffff-ffffffffffff" } = parseInput(pageQuery, query);
      const rows = await database.query<OrderLineRow>({
        name: "list-orders",
        text: `
          ${selectOrderLines}
          where id in (select id from orders where user_id = $1 and id < $2 order by id desc limit $3)
          order by id desc, sku`,
        values: [userId, pageToken, pageSize + 1],
      });
      const orders = toOrders(rows);
      return { orders: orders.slice(0, pageSize), more: orders.length > pageSize };
    },

    async cancel(query) {
      const { orderId } = parseInput(orderQuery, query);
      await lockingDatabase.transaction(async (transaction) => {
        const order = await lockOrder(transaction, orderId);
        if (order === undefined) throw new OrderNotFoundError(orderId);
        const { state } = order.status;
        if (state === "REJECTED") throw new OrderRejectedError(orderId);
        if (state === "PENDING" || state === "CONFIRMED") await saveStatus(transaction, order, { state: "CANCELLING" });
      });
      return settle(orderId);
    },

    async *watch(query, signal) {
      const { orderId } = parseInput(orderQuery, query);
      for await (const order of changes.follow(orderKey(orderId), () => find(orderId), signal)) {
        yield order;
        if (isSettled(order)) return;
      }
    },
  };
}
