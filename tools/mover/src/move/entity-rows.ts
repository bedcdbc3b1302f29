import type { Queryable } from "../database/session.ts";
import type { Entity, EntityOnSide } from "../mapping/mapping.ts";
import type { Side } from "@banyan/strangler";

/** An entity as text: what jsonb makes of numbers is not touched by JavaScript's. */
export interface DocumentRow {
  readonly key: string;
  readonly document: string;
}

/** The entities as rows `e.key` and `e.document`. */
export function rowsOf({ select }: EntityOnSide): string {
  return `(${select.replace(/;\s*$/, "")}) as e`;
}

/** Entities by key, the first `limit` of those after `after`. */
export function readAfter(
  session: Queryable,
  side: Side,
  { key, [side]: on }: Entity,
  { after, limit }: { readonly after: string | undefined; readonly limit: number },
): Promise<DocumentRow[]> {
  const condition = after === undefined ? "" : `where e.key > $2::${key}`;
  return session.query<DocumentRow>(
    `select e.key::text as key, e.document::text as document from ${rowsOf(on)} ${condition} order by e.key limit $1`,
    after === undefined ? [limit] : [limit, after],
  );
}

/** Entities of these keys, those that are there. */
export function readKeys(
  session: Queryable,
  side: Side,
  { key, [side]: on }: Entity,
  keys: readonly string[],
): Promise<DocumentRow[]> {
  return session.query<DocumentRow>(
    `select e.key::text as key, e.document::text as document from ${rowsOf(on)} where e.key = any($1::${key}[])`,
    [keys],
  );
}

/** Writes those that are newer than what is there. */
export async function applyRows(
  transaction: Queryable,
  side: Side,
  { [side]: { apply } }: Entity,
  rows: readonly DocumentRow[],
): Promise<void> {
  if (rows.length > 0) await transaction.query(apply, [`[${rows.map(({ document }) => document).join(",")}]`]);
}

/** Says who writes: with another epoch than the fence's the mover's writes are refused. */
export async function showEpoch(transaction: Queryable, epoch: bigint): Promise<void> {
  await transaction.query("select set_config('strangling.epoch', $1, true)", [String(epoch)]);
}
