import { randomUUID } from "node:crypto";
import type { Side } from "@banyan/strangler";
import type { Queryable, Session } from "../database/session.ts";

/** Statements on stock, as the monolith makes them on its two tables, and the inventory service on its one. */
const statements = {
  legacy: {
    put: `with product as (
            insert into products (sku, name, unit_price_minor, currency) values ($1, $2, 250, 'EUR')
            on conflict (sku) do update set name = excluded.name
          )
          insert into stock (sku) values ($1) on conflict (sku) do update set version = stock.version + 1`,
    change: "update stock set available = available + $2, version = version + 1 where sku = $1",
    commit: "update reservations set state = 'COMMITTED', version = version + 1 where order_id = $1",
  },
  candidate: {
    put: `insert into items (sku, name, unit_price_minor, currency) values ($1, $2, 250, 'EUR')
          on conflict (sku) do update set name = excluded.name, version = items.version + 1`,
    change: "update items set available = available + $2, version = version + 1 where sku = $1",
    commit: "update reservations set state = 'COMMITTED' where order_id = $1",
  },
} as const satisfies Record<Side, object>;

export async function putItem(session: Session, sku: string, name = "Tea"): Promise<void> {
  await session.query(statements[session.side].put, [sku, name]);
}

export async function addStock(session: Session, sku: string, quantity: number): Promise<void> {
  await session.transaction(async (transaction) => {
    await transaction.query("insert into stock_additions (request_id, sku, quantity) values ($1, $2, $3)", [
      `Request ${randomUUID()}`,
      sku,
      quantity,
    ]);
    await transaction.query(statements[session.side].change, [sku, quantity]);
  });
}

/** Reserves of one item. @returns the order's id */
export async function reserve(session: Session, sku: string, quantity: number): Promise<string> {
  const orderId = randomUUID();
  await session.transaction(async (transaction) => {
    await transaction.query(
      "insert into reservations (order_id, state, expires_at) values ($1, 'RESERVED', clock_timestamp() + interval '15 minutes')",
      [orderId],
    );
    await transaction.query(
      "insert into reservation_lines (order_id, sku, quantity, unit_price_minor, currency) values ($1, $2, $3, 250, 'EUR')",
      [orderId, sku, quantity],
    );
    await transaction.query(statements[session.side].change, [sku, -quantity]);
  });
  return orderId;
}

export async function commit(session: Session, orderId: string): Promise<void> {
  await session.query(statements[session.side].commit, [orderId]);
}

/** What was ever added, less what is reserved or committed: has to be what is there. */
export async function stockOf(session: Session, sku: string): Promise<{ available: bigint; expected: bigint }> {
  const table = session.side === "legacy" ? "stock" : "items";
  const [row] = await session.query<{ available: bigint; expected: bigint }>(
    `select available, (
       coalesce((select sum(quantity) from stock_additions where sku = $1), 0)
       - coalesce((select sum(quantity) from reservation_lines where sku = $1), 0)
     )::bigint as expected
     from ${table} where sku = $1`,
    [sku],
  );
  if (row === undefined) throw new Error(`no item ${sku}`);
  return row;
}

const orderStatements = {
  legacy: {
    place: "insert into orders (id, user_id, idempotency_key, state) values ($1, $2, $3, 'PENDING')",
    confirm: "update orders set state = 'CONFIRMED', recipient = 'Ada', version = version + 1 where id = $1",
  },
  candidate: {
    place:
      "insert into orders (id, user_id, idempotency_key, state, step) values ($1, $2, $3, 'PENDING', 'CHECK_USER')",
    confirm: "update orders set state = 'CONFIRMED', step = null, version = version + 1 where id = $1",
  },
} as const satisfies Record<Side, object>;

/** @returns the order's id */
export async function placeOrder(session: Session): Promise<string> {
  const id = randomUUID();
  await session.transaction(async (transaction) => {
    await transaction.query(orderStatements[session.side].place, [id, randomUUID(), `key ${id}`]);
    await transaction.query("insert into order_lines (order_id, sku, quantity) values ($1, 'tea', 2), ($1, 'pot', 1)", [
      id,
    ]);
  });
  return id;
}

export async function confirmOrder(session: Session, id: string): Promise<void> {
  await session.transaction(async (transaction: Queryable) => {
    await transaction.query("update order_lines set unit_price_minor = 250, currency = 'EUR' where order_id = $1", [
      id,
    ]);
    await transaction.query(orderStatements[session.side].confirm, [id]);
  });
}
