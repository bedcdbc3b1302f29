import { escapeIdentifier } from "pg";
import type { Queryable, Sessions } from "../database/session.ts";
import { schemaOf, type Mapping } from "../mapping/mapping.ts";
import { applyRows, readAfter, showEpoch } from "./entity-rows.ts";
import { carryWaiting } from "./outbox.ts";

/** How far the backfill of one entity is. */
export interface BackfillProgress {
  readonly entity: string;
  /** The last key that was carried; undefined at the beginning. */
  readonly reached: string | undefined;
  readonly rows: bigint;
  readonly done: boolean;
}

/** Of all entities, in their order. */
export async function readBackfill(candidate: Queryable, mapping: Mapping): Promise<readonly BackfillProgress[]> {
  const rows = await candidate.query<{
    readonly entity: string;
    readonly reached: string | null;
    readonly rows: bigint;
    readonly done: boolean;
  }>(`select entity, reached, rows, done from ${escapeIdentifier(schemaOf(mapping))}.backfill`);
  return mapping.entities.map(({ name }) => {
    const row = rows.find(({ entity }) => entity === name);
    return { entity: name, reached: row?.reached ?? undefined, rows: row?.rows ?? 0n, done: row?.done ?? false };
  });
}

export interface BackfillOptions {
  readonly mapping: Mapping;
  /** Of the candidate's fence. */
  readonly epoch: bigint;
  /** Entities of one transaction. */
  readonly chunkRows: number;
}

/**
 * Carries the next chunk of what was there before the outbox. How far it has got is written with the chunk, in one
 * transaction: whoever goes on, goes on there.
 *
 * What the chunk refers to may be newer than the backfill of that entity: it is in the outbox then, and is carried first.
 *
 * @returns the progress of that entity; undefined when all is done
 */
export async function backfillChunk(
  sessions: Sessions,
  { mapping, epoch, chunkRows }: BackfillOptions,
): Promise<BackfillProgress | undefined> {
  const { legacy, candidate } = sessions;
  const progress = await readBackfill(candidate, mapping);
  const index = progress.findIndex(({ done }) => !done);
  const [current, entity] = [progress[index], mapping.entities[index]];
  if (current === undefined || entity === undefined) return undefined;

  const rows = await readAfter(legacy, "legacy", entity, { after: current.reached, limit: chunkRows });
  const only = mapping.entities.slice(0, index).map(({ name }) => name);
  await carryWaiting(sessions, { mapping, source: "legacy", epoch, only });

  const next = {
    entity: entity.name,
    reached: rows.at(-1)?.key ?? current.reached,
    rows: current.rows + BigInt(rows.length),
    done: rows.length < chunkRows,
  };
  await candidate.transaction(async (transaction) => {
    await showEpoch(transaction, epoch);
    await applyRows(transaction, "candidate", entity, rows);
    await transaction.query(
      `insert into ${escapeIdentifier(schemaOf(mapping))}.backfill (entity, reached, rows, done) values ($1, $2, $3, $4)
       on conflict (entity) do update set reached = excluded.reached, rows = excluded.rows, done = excluded.done`,
      [next.entity, next.reached ?? null, next.rows, next.done],
    );
  });
  return next;
}
