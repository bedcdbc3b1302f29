import type { Queryable } from "@banyan/postgres";
import type { InventoryUnit } from "../domain/inventory.ts";
import type { Addition } from "../domain/item.ts";
import { itemColumns, toItem, type ItemRow } from "./item-rows.ts";
import { lockOverdue, lockReservation } from "./reservation-rows.ts";

/** @param reservationSeconds how long a new reservation holds its stock */
export function openUnit(transaction: Queryable, reservationSeconds: number): InventoryUnit {
  return {
    async lockItems(skus) {
      const rows = await transaction.query<ItemRow>({
        name: "lock-items",
        text: `select ${itemColumns} from items where sku = any($1) order by sku for update`,
        values: [skus],
      });
      return rows.map(toItem);
    },

    async changeStock(lines, sign) {
      await transaction.query({
        name: "change-stock",
        text: `
          update items
          set available = available + change.quantity, version = version + 1
          from unnest($1::text[], $2::bigint[]) as change (sku, quantity)
          where items.sku = change.sku`,
        values: [lines.map(({ sku }) => sku), lines.map(({ quantity }) => sign * quantity)],
      });
    },

    async insertAddition({ requestId, sku, quantity }) {
      const inserted = await transaction.query({
        name: "insert-addition",
        text: `
          insert into stock_additions (request_id, sku, quantity)
          values ($1, $2, $3)
          on conflict (request_id) do nothing
          returning request_id`,
        values: [requestId, sku, quantity],
      });
      if (inserted.length === 1) return undefined;
      const [before] = await transaction.query<Addition>({
        name: "find-addition",
        text: `select request_id as "requestId", sku, quantity from stock_additions where request_id = $1`,
        values: [requestId],
      });
      return before;
    },

    async insertReservation(orderId, state) {
      const inserted = await transaction.query({
        name: "insert-reservation",
        text: `
          insert into reservations (order_id, state, expires_at)
          values ($1, $2, case $2 when 'RESERVED' then clock_timestamp() + make_interval(secs => $3) end)
          on conflict (order_id) do nothing
          returning order_id`,
        values: [orderId, state, reservationSeconds],
      });
      return inserted.length === 1 ? undefined : lockReservation(transaction, orderId);
    },

    async insertLines(orderId, lines) {
      await transaction.query({
        name: "insert-reservation-lines",
        text: `
          insert into reservation_lines (order_id, sku, quantity, unit_price_minor, currency)
          select $1, * from unnest($2::text[], $3::integer[], $4::bigint[], $5::text[])`,
        values: [
          orderId,
          lines.map(({ sku }) => sku),
          lines.map(({ quantity }) => quantity),
          lines.map(({ unitPrice }) => unitPrice.minorUnits),
          lines.map(({ unitPrice }) => unitPrice.currency),
        ],
      });
    },

    lockReservation: (orderId) => lockReservation(transaction, orderId),

    async setState(orderId, state) {
      await transaction.query({
        name: "set-reservation-state",
        text: "update reservations set state = $2 where order_id = $1",
        values: [orderId, state],
      });
    },

    lockOverdue: (limit) => lockOverdue(transaction, limit),
  };
}
