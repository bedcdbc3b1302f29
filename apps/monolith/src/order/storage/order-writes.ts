import { randomUUIDv7 } from "node:crypto";
import type { Queryable } from "@banyan/postgres";
import type { Line, Money } from "../../goods.ts";
import { knownUsers } from "../../known-users.ts";
import type { Order, OrderStatus } from "../domain/order.ts";
import { findOrder, only, selectOrderLines, toOrders, type OrderLineRow } from "./order-rows.ts";

/** What a user orders, the lines by sku. */
export interface WantedOrder {
  readonly userId: string;
  readonly idempotencyKey: string;
  readonly lines: readonly Line[];
}

/** Inserts a PENDING order, or answers the one that the user has placed under this key. */
export async function insertOrder(
  transaction: Queryable,
  { userId, idempotencyKey, lines }: WantedOrder,
): Promise<Order> {
  await transaction.query({
    name: "insert-order",
    text: `
      with placed as (
        insert into orders (id, user_id, idempotency_key, state)
        values ($1, $2, $3, 'PENDING')
        on conflict (user_id, idempotency_key) do nothing
        returning id
      )
      insert into order_lines (order_id, sku, quantity)
      select placed.id, line.sku, line.quantity
      from placed, unnest($4::text[], $5::integer[]) as line (sku, quantity)`,
    values: [
      randomUUIDv7(),
      userId,
      idempotencyKey,
      lines.map(({ sku }) => sku),
      lines.map(({ quantity }) => quantity),
    ],
  });
  const rows = await transaction.query<OrderLineRow>({
    name: "find-order-by-key",
    text: `${selectOrderLines} where user_id = $1 and idempotency_key = $2 order by sku`,
    values: [userId, idempotencyKey],
  });
  return only(toOrders(rows)[0]);
}

/** Takes an order that is locked to another state. @returns the order as it is then */
export async function saveStatus(transaction: Queryable, { id }: Order, status: OrderStatus): Promise<Order> {
  await transaction.query({
    name: "save-order-status",
    text: "update orders set state = $2, rejection = $3, version = version + 1 where id = $1",
    values: [id, status.state, status.state === "REJECTED" ? status.rejection : null],
  });
  return only(await findOrder(transaction, id));
}

/**
 * Copies the prices of a reservation to the lines of its order, which is locked, and notes the products' names for the
 * packing slip.
 *
 * A sin of this monolith: `products` is the inventory module's table. A name that it does not have is left out.
 */
export async function savePrices(
  transaction: Queryable,
  { id }: Order,
  unitPrices: ReadonlyMap<string, Money>,
): Promise<void> {
  await transaction.query({
    name: "save-order-prices",
    text: `
      update order_lines
      set unit_price_minor = price.minor, currency = price.currency, product_name = products.name
      from unnest($2::text[], $3::bigint[], $4::text[]) as price (sku, minor, currency)
      left join products on products.sku = price.sku
      where order_lines.order_id = $1 and order_lines.sku = price.sku`,
    values: [
      id,
      [...unitPrices.keys()],
      [...unitPrices.values()].map(({ minorUnits }) => minorUnits),
      [...unitPrices.values()].map(({ currency }) => currency),
    ],
  });
}

/**
 * Confirms an order that is locked, and notes the user's name for the packing slip.
 *
 * A sin of this monolith: `users` is the user module's table, and so is what `knownUsers` has of it. A name that neither
 * has is left out.
 */
export async function saveConfirmed(transaction: Queryable, { id, userId }: Order): Promise<Order> {
  await transaction.query({
    name: "save-order-confirmed",
    text: `
      update orders
      set state = 'CONFIRMED',
          version = version + 1,
          recipient = coalesce($2, (select users.name from users where users.id = orders.user_id))
      where id = $1`,
    values: [id, knownUsers.get(userId)?.name ?? null],
  });
  return only(await findOrder(transaction, id));
}
