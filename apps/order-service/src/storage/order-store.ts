import type { Database, Notifications, Queryable } from "@banyan/postgres";
import type { Order } from "../domain/order.ts";
import type { OrderStore } from "../domain/orders.ts";
import { orderColumns, toOrder, type LineRow, type OrderRow } from "./order-rows.ts";

/** The channel on which the database tells which order has changed, by its id. */
export const orderChannel = "orders";

/** @param changes of `orderChannel` */
export function createOrderStore(database: Database, changes: Notifications): OrderStore {
  return {
    find: (orderId) => find(database, orderId),

    insert: ({ id, userId, idempotencyKey, lines }) =>
      database.transaction(async (transaction) => {
        const inserted = await transaction.query({
          name: "insert-order",
          text: `
            insert into orders (id, user_id, idempotency_key, state, step)
            values ($1, $2, $3, 'PENDING', 'CHECK_USER')
            on conflict (user_id, idempotency_key) do nothing
            returning id`,
          values: [id, userId, idempotencyKey],
        });
        if (inserted.length === 1) {
          await transaction.query({
            name: "insert-order-lines",
            text: `
              insert into order_lines (order_id, sku, quantity)
              select $1, * from unnest($2::text[], $3::integer[])`,
            values: [id, lines.map(({ sku }) => sku), lines.map(({ quantity }) => quantity)],
          });
        }
        const rows = await transaction.query<OrderRow>({
          name: "find-order-by-key",
          text: `select ${orderColumns} from orders where user_id = $1 and idempotency_key = $2`,
          values: [userId, idempotencyKey],
        });
        return only(await withLines(transaction, rows));
      }),

    async list({ userId, before = "ffffffff-ffff-ffff-ffff-ffffffffffff", limit }) {
      const rows = await database.query<OrderRow>({
        name: "list-orders",
        text: `select ${orderColumns} from orders where user_id = $1 and id < $2 order by id desc limit $3`,
        values: [userId, before, limit],
      });
      return withLines(database, rows);
    },

    advance: (order, { status, unitPrices }) =>
      database.transaction(async (transaction) => {
        const advanced = await transaction.query({
          name: "advance-order",
          text: `
            update orders
            set state = $3, step = $4, rejection = $5, version = version + 1
            where id = $1 and version = $2
            returning id`,
          values: [
            order.id,
            order.version,
            status.state,
            status.state === "PENDING" ? status.step : null,
            status.state === "REJECTED" ? status.rejection : null,
          ],
        });
        if (advanced.length === 1 && unitPrices !== undefined) {
          await transaction.query({
            name: "set-unit-prices",
            text: `
              update order_lines
              set unit_price_minor = price.minor, currency = price.currency
              from unnest($2::text[], $3::bigint[], $4::text[]) as price (sku, minor, currency)
              where order_id = $1 and order_lines.sku = price.sku`,
            values: [
              order.id,
              [...unitPrices.keys()],
              [...unitPrices.values()].map(({ minorUnits }) => minorUnits),
              [...unitPrices.values()].map(({ currency }) => currency),
            ],
          });
        }
        return only([await find(transaction, order.id)]);
      }),

    follow: (orderId, read, signal) => changes.follow(orderId, read, signal),
  };
}

async function find(queryable: Queryable, orderId: string): Promise<Order | undefined> {
  const rows = await queryable.query<OrderRow>({
    name: "find-order",
    text: `select ${orderColumns} from orders where id = $1`,
    values: [orderId],
  });
  const [order] = await withLines(queryable, rows);
  return order;
}

async function withLines(queryable: Queryable, rows: readonly OrderRow[]): Promise<readonly Order[]> {
  if (rows.length === 0) return [];
  const lines = await queryable.query<LineRow>({
    name: "find-order-lines",
    text: `
      select order_id, sku, quantity, unit_price_minor, currency
      from order_lines
      where order_id = any($1)
      order by order_id, sku`,
    values: [rows.map(({ id }) => id)],
  });
  return rows.map((row) => toOrder(row, lines));
}

/** An order that must be there, since orders are never deleted. */
function only([order]: readonly (Order | undefined)[]): Order {
  if (order === undefined) throw new Error("an order has vanished");
  return order;
}
