import { id, pageSize, text } from "@banyan/errors";
import { z } from "zod";
import { lines, type Line, type Money } from "../../goods.ts";

export interface OrderLine extends Line {
  /** Copied from the reservation; undefined while the outcome of that is open. */
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
 * Where an order stands. It is PENDING until user, reservation and commit were all answered, and CANCELLING until the
 * release was; what was asked before a crash is asked again.
 *
 *     PENDING -> CONFIRMED | REJECTED
 *     PENDING | CONFIRMED -> CANCELLING -> CANCELLED
 */
export type OrderStatus =
  | { readonly state: "PENDING" | "CONFIRMED" | "CANCELLING" | "CANCELLED" }
  | { readonly state: "REJECTED"; readonly rejection: Rejection };

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

/** What the business does with orders. Every method refuses malformed input with an InvalidInputError. */
export interface Orders {
  /**
   * Places an order, or takes up the one that the user has placed under this key, and answers the state reached.
   *
   * @throws {IdempotencyKeyReusedError}
   */
  place(order: {
    readonly userId: string;
    readonly idempotencyKey: string;
    readonly lines: readonly Line[];
  }): Promise<Order>;
  /** @throws {OrderNotFoundError} */
  get(query: { readonly orderId: string }): Promise<Order>;
  /** Newest first, those before `pageToken`, an order's id; `more` tells whether there are others behind them. */
  list(query: {
    readonly userId: string;
    readonly pageSize: number;
    readonly pageToken: string | undefined;
  }): Promise<{ readonly orders: readonly Order[]; readonly more: boolean }>;
  /**
   * @throws {OrderNotFoundError | OrderRejectedError}
   * @throws {InfrastructureError} when the stock could not be given back; the order stays CANCELLING
   */
  cancel(query: { readonly orderId: string }): Promise<Order>;
  /** The order as it is, then newer versions, until it is settled. @throws {OrderNotFoundError} */
  watch(query: { readonly orderId: string }, signal: AbortSignal): AsyncIterable<Order>;
}

/**
 * The other modules, as far as orders need them. A definite no is an answer; everything that leaves the outcome open is
 * thrown as an InfrastructureError. The same question of the same order has the same answer.
 */
export interface Neighbours {
  userExists(userId: string): Promise<boolean>;
  /** @returns the unit prices by sku */
  reserve(order: Order): Promise<{ readonly unitPrices: ReadonlyMap<string, Money> } | Refused>;
  commit(order: Order): Promise<"committed" | Refused>;
  /** Gives back what the order has reserved or committed; an order that has nothing can reserve nothing afterwards. */
  release(order: Order): Promise<void>;
}

export interface Refused {
  readonly rejection: Rejection;
}

export const newOrder = z.object({ userId: id(), idempotencyKey: text({ max: 128 }), lines: lines() });

export const orderQuery = z.object({ orderId: id() });

/** A page is asked for by the id of the last order of the page before. */
export const pageQuery = z.object({ userId: id(), pageSize: pageSize(), pageToken: id().optional() });

/** Whether nothing more happens to an order unless somebody cancels it. */
export function isSettled({ status: { state } }: Order): boolean {
  return state === "CONFIRMED" || state === "REJECTED" || state === "CANCELLED";
}
