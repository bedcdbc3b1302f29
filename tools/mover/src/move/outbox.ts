import { escapeIdentifier } from "pg";
import { otherThan, type Side } from "@banyan/strangler";
import type { Queryable, Sessions } from "../database/session.ts";
import { schemaOf, type Entity, type Mapping } from "../mapping/mapping.ts";
import { applyRows, readKeys, showEpoch, type DocumentRow } from "./entity-rows.ts";

/** Rows of the outbox that are carried in one transaction. */
const batchRows = 1000;

/** How far the other side is behind. */
export interface Lag {
  /** Changes that were not carried yet; more than 100,000 count as that many. */
  readonly rows: number;
  /** How long the first of them has waited. */
  readonly seconds: number;
}

export async function readLag(source: Queryable, mapping: Mapping): Promise<Lag> {
  const outbox = `${escapeIdentifier(schemaOf(mapping))}.outbox`;
  const [row] = await source.query<{ readonly rows: number; readonly seconds: number }>(
    `select
       (select count(*)::integer from (select 1 from ${outbox} limit 100000) as waiting) as rows,
       coalesce((
         select greatest(0, extract(epoch from clock_timestamp() - changed_at))::float8
         from ${outbox} order by seq limit 1
       ), 0) as seconds`,
  );
  return row ?? { rows: 0, seconds: 0 };
}

export interface CarryOptions {
  readonly mapping: Mapping;
  readonly source: Side;
  /** Of the other side's fence. */
  readonly epoch: bigint;
  /** Names of entities; others are left for later. Default all. */
  readonly only?: readonly string[];
}

/**
 * Carries the first changes that wait to the other side: reads the entities as they are now, writes them there, and then
 * takes the changes out of the outbox. Ended in between, it does so again, which changes nothing.
 *
 * In the order of `seq` whoever is referred to comes before who refers to it: it was committed before.
 *
 * @returns how many changes it has carried, 1000 at most
 */
export async function carryBatch(sessions: Sessions, { mapping, source, epoch, only }: CarryOptions): Promise<number> {
  const outbox = `${escapeIdentifier(schemaOf(mapping))}.outbox`;
  const target = otherThan(source);
  const changes = await sessions[source].query<{ readonly seq: bigint; readonly entity: string; readonly key: string }>(
    `select seq, entity, key from ${outbox} where $1::text[] is null or entity = any($1) order by seq limit ${batchRows}`,
    [only ?? null],
  );
  if (changes.length === 0) return 0;
  const read: { readonly entity: Entity; readonly rows: readonly DocumentRow[] }[] = [];
  for (const entity of mapping.entities) {
    const keys = new Set(changes.filter(({ entity: name }) => name === entity.name).map(({ key }) => key));
    if (keys.size > 0) read.push({ entity, rows: await readKeys(sessions[source], source, entity, [...keys]) });
  }
  await sessions[target].transaction(async (transaction) => {
    await showEpoch(transaction, epoch);
    for (const { entity, rows } of read) await applyRows(transaction, target, entity, rows);
  });
  await sessions[source].query(`delete from ${outbox} where seq = any($1)`, [changes.map(({ seq }) => seq)]);
  return changes.length;
}

/** Carries those changes of some entities that wait now; the ones that come meanwhile may be left. */
export async function carryWaiting(
  sessions: Sessions,
  { mapping, source, epoch, only }: CarryOptions & { readonly only: readonly string[] },
): Promise<void> {
  const outbox = `${escapeIdentifier(schemaOf(mapping))}.outbox`;
  const [row] = await sessions[source].query<{ readonly last: bigint | null }>(
    `select max(seq) as last from ${outbox}`,
  );
  const isWaiting = async (): Promise<boolean> => {
    const waiting = `select 1 from ${outbox} where seq <= $1 and entity = any($2) limit 1`;
    return (await sessions[source].query(waiting, [row?.last ?? null, only])).length > 0;
  };
  while (only.length > 0 && (await isWaiting())) await carryBatch(sessions, { mapping, source, epoch, only });
}
