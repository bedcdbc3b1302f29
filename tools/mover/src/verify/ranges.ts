import type { Queryable } from "../database/session.ts";
import type { Entity } from "../mapping/mapping.ts";
import { rowsOf } from "../move/entity-rows.ts";
import type { Side } from "@banyan/strangler";

/** The keys after `after`, up to and with `upTo`; undefined stands for the end of all keys. */
export interface KeyRange {
  readonly after: string | undefined;
  readonly upTo: string | undefined;
}

/** What a side has in a range. */
export interface Checksum {
  readonly rows: number;
  readonly hash: string;
}

function within({ key }: Entity, { after, upTo }: KeyRange): { readonly condition: string; readonly values: string[] } {
  const values = [after, upTo].filter((each) => each !== undefined);
  const conditions = [
    ...(after === undefined ? [] : [`e.key > $1::${key}`]),
    ...(upTo === undefined ? [] : [`e.key <= $${values.length}::${key}`]),
  ];
  return { condition: conditions.length === 0 ? "" : `where ${conditions.join(" and ")}`, values };
}

export async function checksum(session: Queryable, side: Side, entity: Entity, range: KeyRange): Promise<Checksum> {
  const { condition, values } = within(entity, range);
  const [row] = await session.query<Checksum>(
    `select count(*)::integer as rows, md5(coalesce(string_agg(md5(e.document::text), '' order by e.key), '')) as hash
     from ${rowsOf(entity[side])} ${condition}`,
    values,
  );
  return row ?? { rows: 0, hash: "" };
}

/** A hash for each key of a range. */
export async function hashes(
  session: Queryable,
  side: Side,
  entity: Entity,
  range: KeyRange,
): Promise<ReadonlyMap<string, string>> {
  const { condition, values } = within(entity, range);
  const rows = await session.query<{ readonly key: string; readonly hash: string }>(
    `select e.key::text as key, md5(e.document::text) as hash from ${rowsOf(entity[side])} ${condition} order by e.key`,
    values,
  );
  return new Map(rows.map(({ key, hash }) => [key, hash]));
}

/** A hash for each of these keys that is there. */
export async function hashesOf(
  session: Queryable,
  side: Side,
  entity: Entity,
  keys: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const rows = await session.query<{ readonly key: string; readonly hash: string }>(
    `select e.key::text as key, md5(e.document::text) as hash
     from ${rowsOf(entity[side])} where e.key = any($1::${entity.key}[])`,
    [keys],
  );
  return new Map(rows.map(({ key, hash }) => [key, hash]));
}

/** The key that is `count` keys into a range; undefined when the range has no more than that many. */
export async function keyAt(
  session: Queryable,
  side: Side,
  entity: Entity,
  range: KeyRange,
  count: number,
): Promise<string | undefined> {
  const { condition, values } = within(entity, range);
  const [row] = await session.query<{ readonly key: string }>(
    `select e.key::text as key from ${rowsOf(entity[side])} ${condition}
     order by e.key offset $${values.length + 1} limit 1`,
    [...values, count - 1],
  );
  return row?.key;
}
