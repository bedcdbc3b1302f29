import { parseInput } from "@banyan/errors";
import type { Database } from "@banyan/postgres";
import { sameLines } from "../../goods.ts";
import { OrderIdReusedError, ReservationNotFoundError } from "../domain/errors.ts";
import type { Reservations } from "../domain/inventory.ts";
import { assertUsable, newReservation, priceLines, reservationQuery } from "../domain/reservation.ts";
import { lockItems } from "./item-rows.ts";
import { giveBack, insertReservation, lockReservation, setState, takeStock } from "./reservation-rows.ts";

/**
 * Reservations are locked before stock, stock in the order of its skus.
 *
 * @param seconds how long a reservation holds its stock, by the database's clock
 */
export function createReservations(database: Database, seconds: number): Reservations {
  return {
    async reserve(order) {
      const { orderId, lines } = parseInput(newReservation, order);
      return database.transaction(async (transaction) => {
        const before = await insertReservation(transaction, orderId, { state: "RESERVED", seconds });
        if (before !== undefined) {
          assertUsable(before);
          if (!sameLines(before.lines, lines)) throw new OrderIdReusedError(orderId);
          return before.lines;
        }
        const items = await lockItems(
          transaction,
          lines.map(({ sku }) => sku),
        );
        const reserved = priceLines(items, lines);
        await takeStock(transaction, orderId, reserved);
        return reserved;
      });
    },

    async commit(query) {
      const { orderId } = parseInput(reservationQuery, query);
      await database.transaction(async (transaction) => {
        const reservation = await lockReservation(transaction, orderId);
        if (reservation === undefined) throw new ReservationNotFoundError(orderId);
        assertUsable(reservation);
        if (reservation.state === "RESERVED") await setState(transaction, [orderId], "COMMITTED");
      });
    },

    async release(query) {
      const { orderId } = parseInput(reservationQuery, query);
      const known = await database.transaction(async (transaction) => {
        const reservation = await insertReservation(transaction, orderId, { state: "RELEASED", seconds: null });
        if (reservation === undefined) return false;
        const { state, lines } = reservation;
        if (state === "RESERVED" || state === "COMMITTED") await giveBack(transaction, [orderId], "RELEASED");
        return lines.length > 0;
      });
      if (!known) throw new ReservationNotFoundError(orderId);
    },

    expire: () =>
      database.transaction(async (transaction) => {
        const overdue = await transaction.query<{ readonly order_id: string }>({
          name: "lock-overdue-reservations",
          text: `
            select order_id
            from reservations
            where state = 'RESERVED' and expires_at <= clock_timestamp() and (select is_written_here('inventory'))
            order by expires_at
            limit 100
            for update skip locked`,
          values: [],
        });
        if (overdue.length > 0) {
          await giveBack(
            transaction,
            overdue.map(({ order_id }) => order_id),
            "EXPIRED",
          );
        }
        return overdue.length;
      }),
  };
}
