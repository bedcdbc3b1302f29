import type { Queryable } from "@banyan/postgres";
import type { Reservation, ReservationState, ReservedLine } from "../domain/reservation.ts";

interface LineRow {
  readonly sku: string;
  readonly quantity: number;
  readonly unit_price_minor: bigint;
  readonly currency: string;
}

/** Locks the reservation of an order and reads it; RESERVED and past its time is EXPIRED. */
export async function lockReservation(transaction: Queryable, orderId: string): Promise<Reservation | undefined> {
  const [reservation] = await transaction.query<{ readonly state: ReservationState }>({
    name: "lock-reservation",
    text: `
      select case when state = 'RESERVED' and expires_at <= clock_timestamp() then 'EXPIRED' else state end as state
      from reservations
      where order_id = $1
      for update`,
    values: [orderId],
  });
  if (reservation === undefined) return undefined;
  const lines = await transaction.query<LineRow>({
    name: "find-reservation-lines",
    text: "select sku, quantity, unit_price_minor, currency from reservation_lines where order_id = $1 order by sku",
    values: [orderId],
  });
  return { orderId, state: reservation.state, lines: lines.map(toLine) };
}

/**
 * Creates the reservation of an order without lines, or answers the one that is there, locked.
 *
 * @param seconds how long a RESERVED one holds its stock, by the database's clock
 */
export async function insertReservation(
  transaction: Queryable,
  orderId: string,
  { state, seconds }: { readonly state: "RESERVED"; readonly seconds: number } | { state: "RELEASED"; seconds: null },
): Promise<Reservation | undefined> {
  const inserted = await transaction.query({
    name: "insert-reservation",
    text: `
      insert into reservations (order_id, state, expires_at)
      values ($1, $2, clock_timestamp() + make_interval(secs => $3))
      on conflict (order_id) do nothing
      returning order_id`,
    values: [orderId, state, seconds],
  });
  return inserted.length === 1 ? undefined : lockReservation(transaction, orderId);
}

/** Writes the lines of a reservation and takes them out of the stock, which is locked. */
export async function takeStock(transaction: Queryable, orderId: string, lines: readonly ReservedLine[]) {
  await transaction.query({
    name: "take-stock",
    text: `
      with line as (
        insert into reservation_lines (order_id, sku, quantity, unit_price_minor, currency)
        select $1, * from unnest($2::text[], $3::integer[], $4::bigint[], $5::text[])
        returning sku, quantity
      )
      update stock
      set available = available - line.quantity, version = version + 1
      from line
      where stock.sku = line.sku`,
    values: [
      orderId,
      lines.map(({ sku }) => sku),
      lines.map(({ quantity }) => quantity),
      lines.map(({ unitPrice }) => unitPrice.minorUnits),
      lines.map(({ unitPrice }) => unitPrice.currency),
    ],
  });
}

export async function setState(
  transaction: Queryable,
  orderIds: readonly string[],
  state: ReservationState,
): Promise<void> {
  await transaction.query({
    name: "set-reservation-state",
    text: "update reservations set state = $2, version = version + 1 where order_id = any($1)",
    values: [orderIds, state],
  });
}

/** Ends reservations that hold stock, and gives it back; all of it is locked first, in the order of the skus. */
export async function giveBack(transaction: Queryable, orderIds: readonly string[], as: "RELEASED" | "EXPIRED") {
  await transaction.query({
    name: "lock-reserved-stock",
    text: `
      select sku
      from stock
      where sku in (select sku from reservation_lines where order_id = any($1))
      order by sku
      for update`,
    values: [orderIds],
  });
  await transaction.query({
    name: "give-stock-back",
    text: `
      update stock
      set available = available + back.quantity, version = version + 1
      from (select sku, sum(quantity) as quantity from reservation_lines where order_id = any($1) group by sku) as back
      where stock.sku = back.sku`,
    values: [orderIds],
  });
  await setState(transaction, orderIds, as);
}

function toLine({ sku, quantity, unit_price_minor, currency }: LineRow): ReservedLine {
  return { sku, quantity, unitPrice: { minorUnits: unit_price_minor, currency } };
}
