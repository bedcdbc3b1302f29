import { pageSize, quantity, text } from "@banyan/errors";
import { z } from "zod";
import { sku, type Money } from "../../goods.ts";
import { StockLimitExceededError } from "./errors.ts";

export interface Item {
  readonly sku: string;
  readonly name: string;
  readonly unitPrice: Money;
  /** How many can be reserved now, in [0, 10^12]. */
  readonly available: bigint;
  /** Grows with every change. */
  readonly version: bigint;
}

const priceBounds = "must be in [0, 10^10]";

/** Bounded so that the total of a whole order fits an int64. */
const unitPrice = z.object(
  {
    minorUnits: z.bigint(priceBounds).min(0n, priceBounds).max(10_000_000_000n, priceBounds),
    currency: z.string().regex(/^[A-Z]{3}$/, "must be an ISO 4217 code, as in EUR"),
  },
  "must be set",
);

export const itemQuery = z.object({ sku: sku() });

export const newItem = z.object({ sku: sku(), name: text({ max: 200 }), unitPrice });

/** A page is asked for by the sku of the last item of the page before. */
export const pageQuery = z.object({ pageSize: pageSize(), pageToken: sku().optional() });

/** Stock to add to an item, once for each `requestId`. */
export const addition = z.object({ sku: sku(), quantity: quantity(), requestId: text({ max: 128 }) });

const STOCK_LIMIT = 1_000_000_000_000n;

/** @throws {StockLimitExceededError} */
export function assertRoomFor(item: Item, quantity: number): void {
  if (item.available + BigInt(quantity) > STOCK_LIMIT) throw new StockLimitExceededError(item.sku);
}
