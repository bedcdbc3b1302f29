import type { Queryable } from "@banyan/postgres";
import type { Reservation, ReservationState, ReservedLine } from "../domain/reservation.ts";

interface ReservationRow {
  readonly order_id: string;
  readonly state: ReservationState;
}

interface LineRow {
  readonly order_id: string;
  readonly sku: string;
  readonly quantity: number;
  readonly unit_price_minor: bigint;
  readonly currency: string;
}

/** Locks the reservation of an order and reads it; RESERVED and past its time is EXPIRED. */
export async function lockReservation(transaction: Queryable, orderId: string): Promise<Reservation | undefined> {
  const rows = await transaction.query<ReservationRow>({
    name: "lock-reservation",
    text: `
      select order_id,
             case when state = 'RESERVED' and expires_at <= clock_timestamp() then 'EXPIRED' else state end as state
      from reservations
      where order_id = $1
      for update`,
    values: [orderId],
  });
  const [reservation] = await withLines(transaction, rows);
  return reservation;
}

/** Locks RESERVED reservations past their time, those that nobody else has locked; none while another database has the writes. */
export async function lockOverdue(transaction: Queryable, limit: number): Promise<readonly Reservation[]> {
  const rows = await transaction.query<ReservationRow>({
    name: "lock-overdue-reservations",
    text: `
      select order_id, state
      from reservations
      where state = 'RESERVED' and expires_at <= clock_timestamp() and (select is_written_here('inventory'))
      order by expires_at
      limit $1
      for update skip locked`,
    values: [limit],
  });
  return withLines(transaction, rows);
}

async function withLines(transaction: Queryable, rows: readonly ReservationRow[]): Promise<readonly Reservation[]> {
  if (rows.length === 0) return [];
  const lineRows = await transaction.query<LineRow>({
    name: "find-reservation-lines",
    text: `
      select order_id, sku, quantity, unit_price_minor, currency
      from reservation_lines
      where order_id = any($1)
      order by order_id, sku`,
    values: [rows.map(({ order_id }) => order_id)],
  });
  return rows.map(({ order_id, state }) => ({
    orderId: order_id,
    state,
    lines: lineRows.filter((line) => line.order_id === order_id).map(toLine),
  }));
}

function toLine({ sku, quantity, unit_price_minor, currency }: LineRow): ReservedLine {
  return { sku, quantity, unitPrice: { minorUnits: unit_price_minor, currency } };
}
