import type { Queryable } from "@banyan/postgres";
import type { OrderStatus } from "../domain/order.ts";

/** The orders in one of the states that are not the last. */
export interface UnfinishedOrders {
  readonly state: Extract<OrderStatus["state"], "PENDING" | "CANCELLING">;
  /** How many there are; of both states together 10000 at most are counted, those that have waited longest. */
  readonly orders: number;
  /** For how long the one that has waited longest has not moved, by the database's clock; 0 when there is none. */
  readonly oldestSeconds: number;
}

interface UnfinishedRow {
  readonly state: UnfinishedOrders["state"];
  readonly orders: number;
  readonly oldest_seconds: number;
}

/** Counts the orders that somebody has to take further. It reads no more than the index of those has, and so far. */
export async function readUnfinishedOrders(database: Queryable): Promise<readonly UnfinishedOrders[]> {
  const rows = await database.query<UnfinishedRow>({
    name: "count-unfinished-orders",
    text: `
      select state, count(*)::integer as orders,
        extract(epoch from greatest(now() - min(changed_at), interval '0'))::float8 as oldest_seconds
      from (
        select state, changed_at from orders
        where state in ('PENDING', 'CANCELLING')
        order by changed_at
        limit 10000
      ) as unfinished
      group by state`,
    values: [],
  });
  return (["PENDING", "CANCELLING"] as const).map((state) => {
    const row = rows.find((row) => row.state === state);
    return { state, orders: row?.orders ?? 0, oldestSeconds: row?.oldest_seconds ?? 0 };
  });
}
