import { distinctList, quantity, text } from "@banyan/errors";
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

const SKU = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;

export const sku = () => text({ max: 64 }).regex(SKU, "must be of A-Z a-z 0-9 . _ - and start with a letter or digit");

/** 1 to 100 lines, by sku, each sku once. */
export const lines = () => distinctList(z.object({ sku: sku(), quantity: quantity() }), { key: "sku", max: 100 });

/** Whether both, by sku, are as much of the same. */
export function sameLines(some: readonly Line[], others: readonly Line[]): boolean {
  return (
    some.length === others.length &&
    some.every((line, index) => line.sku === others[index]?.sku && line.quantity === others[index].quantity)
  );
}

/** The sum of quantity times unit price, all in one currency; undefined where a line has no price yet. */
export function totalOf(
  priced: readonly { readonly quantity: number; readonly unitPrice: Money | undefined }[],
): Money | undefined {
  let total: Money | undefined;
  for (const { quantity, unitPrice } of priced) {
    if (unitPrice === undefined) return undefined;
    const { minorUnits, currency } = unitPrice;
    total = { minorUnits: (total?.minorUnits ?? 0n) + BigInt(quantity) * minorUnits, currency };
  }
  return total;
}
