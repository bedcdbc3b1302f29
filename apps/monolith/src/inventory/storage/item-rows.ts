import type { Queryable } from "@banyan/postgres";
import type { Item } from "../domain/item.ts";

/** The columns of `products` and `stock` that make an Item. */
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

/** Reads items, and locks their stock to the end of the transaction, in the order of their skus. */
export async function lockItems(transaction: Queryable, skus: readonly string[]): Promise<readonly Item[]> {
  const rows = await transaction.query<ItemRow>({
    name: "lock-items",
    text: `
      select ${itemColumns}
      from products join stock using (sku)
      where sku = any($1)
      order by sku
      for update of stock`,
    values: [skus],
  });
  return rows.map(toItem);
}
