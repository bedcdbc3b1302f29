import type { Order, OrderLine, OrderStatus, Rejection } from "../domain/order.ts";

/** The columns of `orders` that make an Order. */
export const orderColumns = "id, user_id, idempotency_key, state, step, rejection, placed_at, version";

export interface OrderRow {
  readonly id: string;
  readonly user_id: string;
  readonly idempotency_key: string;
  readonly state: OrderStatus["state"];
  readonly step: "CHECK_USER" | "RESERVE" | "COMMIT" | null;
  readonly rejection: Rejection | null;
  readonly placed_at: Date;
  readonly version: bigint;
}

export interface LineRow {
  readonly order_id: string;
  readonly sku: string;
  readonly quantity: number;
  readonly unit_price_minor: bigint | null;
  readonly currency: string | null;
}

export function toOrder(row: OrderRow, lines: readonly LineRow[]): Order {
  return {
    id: row.id,
    userId: row.user_id,
    idempotencyKey: row.idempotency_key,
    status: toStatus(row),
    lines: lines.filter(({ order_id }) => order_id === row.id).map(toLine),
    placedAt: row.placed_at,
    version: row.version,
  };
}

function toStatus({ id, state, step, rejection }: OrderRow): OrderStatus {
  if (state === "PENDING" && step !== null) return { state, step };
  if (state === "REJECTED" && rejection !== null) return { state, rejection };
  if (state === "PENDING" || state === "REJECTED") throw new Error(`order ${id} is ${state} and nothing more`);
  return { state };
}

function toLine({ sku, quantity, unit_price_minor, currency }: LineRow): OrderLine {
  const unitPrice =
    unit_price_minor === null || currency === null ? undefined : { minorUnits: unit_price_minor, currency };
  return { sku, quantity, unitPrice };
}
