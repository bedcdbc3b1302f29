import { distinctList, id, pageSize, quantity, text } from "@banyan/errors";
import { z } from "zod";

/** An exact amount in the currency's minor unit. */
export interface Money {
  readonly minorUnits: bigint;
  /** ISO 4217, as in `EUR`. */
  readonly currency: string;
}

/** How much of one item. */
export interface Line {
  readonly sku: string;
  readonly quantity: number;
}

export interface OrderLine extends Line {
  /** Copied from the reservation; undefined until there is one. */
  readonly unitPrice: Money | undefined;
}

/** Why an order is REJECTED. */
export type Rejection =
  | "USER_NOT_FOUND"
  | "ITEM_NOT_FOUND"
  | "OUT_OF_STOCK"
  | "MIXED_CURRENCIES"
  | "RESERVATION_EXPIRED"
  | "RESERVATION_RELEASED";

/**
 * Where an order stands.
 *
 *     PENDING CHECK_USER -> PENDING RESERVE -> PENDING COMMIT -> CONFIRMED
 *        |                     |                  |                 |
 *        +---- REJECTED <------+------------------+                 |
 *        +-------- CANCELLING <--(a cancel, from any of them)-------+
 *                      |
 *                  CANCELLED
 *
 * The step of a PENDING order is the first one that is not known to be done.
 */
export type OrderStatus =
  | { readonly state: "PENDING"; readonly step: "CHECK_USER" | "RESERVE" | "COMMIT" }
  | { readonly state: "CONFIRMED" }
  | { readonly state: "REJECTED"; readonly rejection: Rejection }
  | { readonly state: "CANCELLING" }
  | { readonly state: "CANCELLED" };

export interface Order {
  readonly id: string;
  readonly userId: string;
  readonly idempotencyKey: string;
  readonly status: OrderStatus;
  /** By sku. */
  readonly lines: readonly OrderLine[];
  /** By the database's clock. */
  readonly placedAt: Date;
  /** Grows with every change. */
  readonly version: bigint;
}

const SKU = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;

const line = z.object({
  sku: text({ max: 64 }).regex(SKU, "must be of A-Z a-z 0-9 . _ - and start with a letter or digit"),
  quantity: quantity(),
});

export const newOrder = z.object({
  userId: id(),
  idempotencyKey: text({ max: 128 }),
  lines: distinctList(line, { key: "sku", max: 100 }),
});

/** What a user orders, the lines by sku. */
export type NewOrder = z.output<typeof newOrder>;

export const orderQuery = z.object({ orderId: id() });

/** A page is asked for by the id of the last order of the page before. */
export const pageQuery = z.object({ userId: id(), pageSize: pageSize(), pageToken: id().optional() });

/** Whether an order is of these lines, both by sku. */
export function hasLines(order: Order, lines: readonly Line[]): boolean {
  return (
    order.lines.length === lines.length &&
    order.lines.every(({ sku, quantity }, index) => sku === lines[index]?.sku && quantity === lines[index].quantity)
  );
}

/** The sum of quantity times unit price; undefined until there is a reservation. */
export function totalOf(lines: readonly OrderLine[]): Money | undefined {
  let total: Money | undefined;
  for (const { quantity, unitPrice } of lines) {
    if (unitPrice === undefined) return undefined;
    const { currency } = unitPrice;
    total = { minorUnits: (total?.minorUnits ?? 0n) + BigInt(quantity) * unitPrice.minorUnits, currency };
  }
  return total;
}

/** Whether nothing more happens to an order unless somebody cancels it. */
export function isSettled({ status: { state } }: Order): boolean {
  return state === "CONFIRMED" || state === "REJECTED" || state === "CANCELLED";
}
