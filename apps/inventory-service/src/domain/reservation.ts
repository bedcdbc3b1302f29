import { distinctList, id, quantity } from "@banyan/errors";
import { z } from "zod";
import { ItemNotFoundError, MixedCurrenciesError, OutOfStockError } from "./errors.ts";
import { sku, type Item, type Money } from "./item.ts";

/** How much of one item. */
export interface Line {
  readonly sku: string;
  readonly quantity: number;
}

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

export const newReservation = z.object({
  orderId: id(),
  lines: distinctList(z.object({ sku: sku(), quantity: quantity() }), { key: "sku", max: 100 }),
});

/**
 * Prices the lines of an order with the items as they are.
 *
 * @param lines by sku, each sku once
 * @throws {ItemNotFoundError}
 * @throws {OutOfStockError} for the first line that is short
 * @throws {MixedCurrenciesError}
 */
export function reserveLines(items: readonly Item[], lines: readonly Line[]): readonly ReservedLine[] {
  const bySku = new Map(items.map((item) => [item.sku, item]));
  const reserved = lines.map((line) => {
    const item = bySku.get(line.sku);
    if (item === undefined) throw new ItemNotFoundError(line.sku);
    return { item, line: { ...line, unitPrice: item.unitPrice } };
  });
  const currencies = new Set(reserved.map(({ item }) => item.unitPrice.currency));
  if (currencies.size > 1) throw new MixedCurrenciesError([...currencies].toSorted());
  for (const { item, line } of reserved) {
    if (item.available < line.quantity) throw new OutOfStockError(item.sku, line.quantity, item.available);
  }
  return reserved.map(({ line }) => line);
}

export function sameLines(some: readonly Line[], others: readonly Line[]): boolean {
  return (
    some.length === others.length &&
    some.every((line, index) => line.sku === others[index]?.sku && line.quantity === others[index].quantity)
  );
}

/** The sum of quantity times unit price; all lines of a reservation are in one currency. */
export function totalOf(lines: readonly ReservedLine[]): Money {
  const minorUnits = lines.reduce((sum, { quantity, unitPrice }) => sum + BigInt(quantity) * unitPrice.minorUnits, 0n);
  return { minorUnits, currency: lines[0]?.unitPrice.currency ?? "" };
}
