import type { Queryable } from "@banyan/postgres";
import type { Order, OrderStatus, Rejection } from "../domain/order.ts";

/** A line, with all of its order. */
export interface OrderLineRow {
  readonly id: string;
  readonly user_id: string;
  readonly idempotency_key: string;
  readonly state: OrderStatus["state"];
  readonly rejection: Rejection | null;
  readonly placed_at: Date;
  readonly version: bigint;
  readonly sku: string;
  readonly quantity: number;
  readonly unit_price_minor: bigint | null;
  readonly currency: string | null;
}

/** What OrderLineRows are selected by. */
export const selectOrderLines = `
  select id, user_id, idempotency_key, state, rejection, placed_at, version, sku, quantity, unit_price_minor, currency
  from orders join order_lines on order_lines.order_id = orders.id`;

/** @param rows all lines of each order, by sku */
export function toOrders(rows: readonly OrderLineRow[]): readonly Order[] {
  return [...Map.groupBy(rows, ({ id }) => id).values()].flatMap((lines) => {
    const [order] = lines;
    if (order === undefined) return [];
    return {
      id: order.id,
      userId: order.user_id,
      idempotencyKey: order.idempotency_key,
      status: toStatus(order),
      lines: lines.map(({ sku, quantity, unit_price_minor: minorUnits, currency }) => {
        return {
          sku,
          quantity,
          unitPrice: minorUnits === null || currency === null ? undefined : { minorUnits, currency },
        };
      }),
      placedAt: order.placed_at,
      version: order.version,
    };
  });
}

function toStatus({ id, state, rejection }: OrderLineRow): OrderStatus {
  if (state !== "REJECTED") return { state };
  if (rejection === null) throw new Error(`order ${id} is REJECTED and nothing more`);
  return { state, rejection };
}

export async function findOrder(queryable: Queryable, orderId: string): Promise<Order | undefined> {
  const rows = await queryable.query<OrderLineRow>({
    name: "find-order",
    text: `${selectOrderLines} where id = $1 order by sku`,
    values: [orderId],
  });
  return toOrders(rows)[0];
}

/** Locks an order to the end of the transaction, and reads it. */
export async function lockOrder(transaction: Queryable, orderId: string): Promise<Order | undefined> {
  // Apart from the reading: a statement that has waited for a lock sees the other tables as they were before.
  await transaction.query({
    name: "lock-order",
    text: "select id from orders where id = $1 for update",
    values: [orderId],
  });
  return findOrder(transaction, orderId);
}

/** An order that must be there, since orders are never deleted. */
export function only(order: Order | undefined): Order {
  if (order === undefined) throw new Error("an order has vanished");
  return order;
}
