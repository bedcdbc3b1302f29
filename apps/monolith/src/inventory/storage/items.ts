import { parseInput } from "@banyan/errors";
import type { Database, Notifications, Queryable } from "@banyan/postgres";
import { stockKey } from "../../changes.ts";
import { ItemNotFoundError, RequestIdReusedError } from "../domain/errors.ts";
import type { Items } from "../domain/inventory.ts";
import { addition, assertRoomFor, itemQuery, newItem, pageQuery, type Item } from "../domain/item.ts";
import { itemColumns, lockItems, toItem, type ItemRow } from "./item-rows.ts";

/** @param changes of `changeChannel` */
export function createItems(database: Database, changes: Notifications): Items {
  const find = async (sku: string): Promise<Item> => {
    const [row] = await database.query<ItemRow>({
      name: "find-item",
      text: `select ${itemColumns} from products join stock using (sku) where sku = $1`,
      values: [sku],
    });
    if (row === undefined) throw new ItemNotFoundError(sku);
    return toItem(row);
  };

  return {
    get: async (query) => find(parseInput(itemQuery, query).sku),

    async list(query) {
      const { pageSize, pageToken = "" } = parseInput(pageQuery, query);
      const rows = await database.query<ItemRow>({
        name: "list-items",
        text: `select ${itemColumns} from products join stock using (sku) where sku > $1 order by sku limit $2`,
        values: [pageToken, pageSize + 1],
      });
      return { items: rows.slice(0, pageSize).map(toItem), more: rows.length > pageSize };
    },

    async put(input) {
      const { sku, name, unitPrice } = parseInput(newItem, input);
      const [row] = await database.query<ItemRow>({
        name: "put-item",
        text: `
          with product as (
            insert into products (sku, name, unit_price_minor, currency)
            values ($1, $2, $3, $4)
            on conflict (sku) do update
            set name = excluded.name, unit_price_minor = excluded.unit_price_minor, currency = excluded.currency
            returning *
          ), level as (
            insert into stock (sku)
            values ($1)
            on conflict (sku) do update set version = stock.version + 1
            returning *
          )
          select ${itemColumns} from product join level using (sku)`,
        values: [sku, name, unitPrice.minorUnits, unitPrice.currency],
      });
      if (row === undefined) throw new Error("an upsert answers the row");
      return toItem(row);
    },

    async addStock(input) {
      const { sku, quantity, requestId } = parseInput(addition, input);
      await database.transaction(async (transaction) => {
        const [item] = await lockItems(transaction, [sku]);
        if (item === undefined) throw new ItemNotFoundError(sku);
        const before = await insertAddition(transaction, [requestId, sku, quantity]);
        if (before !== undefined) {
          if (before.sku !== sku || before.quantity !== quantity) throw new RequestIdReusedError(requestId);
          return;
        }
        assertRoomFor(item, quantity);
        await transaction.query({
          name: "add-stock",
          text: "update stock set available = available + $2, version = version + 1 where sku = $1",
          values: [sku, quantity],
        });
      });
      return find(sku);
    },

    watch(query, signal) {
      const { sku } = parseInput(itemQuery, query);
      return changes.follow(stockKey(sku), () => find(sku), signal);
    },
  };
}

/** @returns what the request_id stands for when that was there before */
async function insertAddition(
  transaction: Queryable,
  values: readonly [requestId: string, sku: string, quantity: number],
): Promise<{ readonly sku: string; readonly quantity: number } | undefined> {
  const inserted = await transaction.query({
    name: "insert-addition",
    text: `
      insert into stock_additions (request_id, sku, quantity)
      values ($1, $2, $3)
      on conflict (request_id) do nothing
      returning request_id`,
    values,
  });
  if (inserted.length === 1) return undefined;
  const [before] = await transaction.query<{ readonly sku: string; readonly quantity: number }>({
    name: "find-addition",
    text: "select sku, quantity from stock_additions where request_id = $1",
    values: [values[0]],
  });
  return before;
}
