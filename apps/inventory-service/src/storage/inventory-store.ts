import type { Database, Notifications } from "@banyan/postgres";
import type { InventoryStore } from "../domain/inventory.ts";
import { itemColumns, toItem, type ItemRow } from "./item-rows.ts";
import { openUnit } from "./inventory-unit.ts";

/** The channel on which the database tells which item has changed, by its sku. */
export const stockChannel = "stock";

export interface InventoryStoreOptions {
  /** Of `stockChannel`. */
  readonly changes: Notifications;
  /** How long a reservation holds its stock, by the database's clock. */
  readonly reservationSeconds: number;
}

export function createInventoryStore(database: Database, options: InventoryStoreOptions): InventoryStore {
  const { changes, reservationSeconds } = options;
  return {
    async findItem(sku) {
      const [row] = await database.query<ItemRow>({
        name: "find-item",
        text: `select ${itemColumns} from items where sku = $1`,
        values: [sku],
      });
      return row && toItem(row);
    },

    async listItems({ after = "", limit }) {
      const rows = await database.query<ItemRow>({
        name: "list-items",
        text: `select ${itemColumns} from items where sku > $1 order by sku limit $2`,
        values: [after, limit],
      });
      return rows.map(toItem);
    },

    async putItem({ sku, name, unitPrice }) {
      const [row] = await database.query<ItemRow>({
        name: "put-item",
        text: `
          insert into items (sku, name, unit_price_minor, currency)
          values ($1, $2, $3, $4)
          on conflict (sku) do update
          set name = excluded.name,
              unit_price_minor = excluded.unit_price_minor,
              currency = excluded.currency,
              version = items.version + 1
          returning ${itemColumns}`,
        values: [sku, name, unitPrice.minorUnits, unitPrice.currency],
      });
      if (row === undefined) throw new Error("an upsert answers the row");
      return toItem(row);
    },

    followItem: (sku, read, signal) => changes.follow(sku, read, signal),

    transaction: (work) => database.transaction((transaction) => work(openUnit(transaction, reservationSeconds))),
  };
}
