import { id } from "@banyan/errors";
import { z } from "zod";
import { lines, type Line, type Money } from "../../goods.ts";
import {
  ItemNotFoundError,
  MixedCurrenciesError,
  OutOfStockError,
  ReservationExpiredError,
  ReservationReleasedError,
} from "./errors.ts";
import type { Item } from "./item.ts";

export interface ReservedLine extends Line {
  readonly unitPrice: Money;
}

/**
 * What an order holds.
 *
 * - `RESERVED`: until it is committed, released or expired
 * - `COMMITTED`: the order's, unless it is released (a cancel)
 * - `RELEASED`: given back, or never taken: the order reserves nothing any more
 * - `EXPIRED`: not committed in time; as RELEASED
 */
export type ReservationState = "RESERVED" | "COMMITTED" | "RELEASED" | "EXPIRED";

export interface Reservation {
  readonly orderId: string;
  readonly state: ReservationState;
  /** By sku. */
  readonly lines: readonly ReservedLine[];
}

export const reservationQuery = z.object({ orderId: id() });

export const newReservation = z.object({ orderId: id(), lines: lines() });

/** @throws {ReservationExpiredError | ReservationReleasedError} when the reservation has ended */
export function assertUsable({ orderId, state }: Reservation): void {
  if (state === "EXPIRED") throw new ReservationExpiredError(orderId);
  if (state === "RELEASED") throw new ReservationReleasedError(orderId);
}

/**
 * Prices the lines of an order with the items as they are.
 *
 * @param wanted by sku, each sku once
 * @throws {ItemNotFoundError | MixedCurrenciesError}
 * @throws {OutOfStockError} for the first line that is short
 */
export function priceLines(items: readonly Item[], wanted: readonly Line[]): readonly ReservedLine[] {
  const found = wanted.map((line) => {
    const item = items.find(({ sku }) => sku === line.sku);
    if (item === undefined) throw new ItemNotFoundError(line.sku);
    return { ...line, item };
  });
  const currencies = new Set(found.map(({ item }) => item.unitPrice.currency));
  if (currencies.size > 1) throw new MixedCurrenciesError([...currencies].toSorted());
  return found.map(({ sku, quantity, item: { available, unitPrice } }) => {
    if (available < quantity) throw new OutOfStockError(sku, quantity, available);
    return { sku, quantity, unitPrice };
  });
}
