import type { Item } from "../domain/item.ts";

/** The columns of `items` that make an Item. */
export const itemColumns = "sku, name, unit_price_minor, currency, available, version";

export interface ItemRow {
  readonly sku: string;
  readonly name: string;
  readonly unit_price_minor: bigint;
  readonly currency: string;
  readonly available: bigint;
  readonly version: bigint;
}

export function toItem({ sku, name, unit_price_minor, currency, available, version }: ItemRow): Item {
  return { sku, name, unitPrice: { minorUnits: unit_price_minor, currency }, available, version };
}
