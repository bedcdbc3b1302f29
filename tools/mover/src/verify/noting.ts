import { randomUUID } from "node:crypto";
import { escapeIdentifier } from "pg";
import type { Queryable, Session } from "../database/session.ts";
import { schemaOf, type Mapping } from "../mapping/mapping.ts";

/** A noting that nobody ends is over by then: whoever has begun it was killed. */
const longest = "6 hours";

/** Keys of entities that were changed, by the name of the entity. */
export type ChangedKeys = ReadonlyMap<string, readonly string[]>;

/**
 * From now on the source's database notes which entities leave its outbox; what was noted before is forgotten.
 *
 * An entity that leaves the outbox before that is on the other side already. So one that was compared after this, and was
 * equal, is equal for as long as it is neither noted nor in the outbox.
 *
 * @returns what tells this noting from later ones
 */
export async function beginNoting(source: Session, mapping: Mapping): Promise<string> {
  const { noting, changed } = tablesOf(mapping);
  const id = randomUUID();
  await source.transaction(async (transaction) => {
    await transaction.query(`delete from ${noting}`);
    await transaction.query(`delete from ${changed}`);
    await transaction.query(`insert into ${noting} values ($1, clock_timestamp() + interval '${longest}')`, [id]);
  });
  return id;
}

/** What was noted; undefined when that noting is over, so that there may be more. */
export async function readNoted(source: Queryable, mapping: Mapping, id: string): Promise<ChangedKeys | undefined> {
  const { noting, changed } = tablesOf(mapping);
  const rows = await source.query<{ readonly entity: string; readonly key: string }>(
    `select entity, key from ${changed}`,
  );
  const going = await source.query(`select 1 from ${noting} where id = $1 and until > clock_timestamp()`, [id]);
  if (going.length === 0) return undefined;
  return new Map(
    [...Map.groupBy(rows, ({ entity }) => entity)].map(([entity, each]) => [entity, each.map(({ key }) => key)]),
  );
}

/** Notes no more, and forgets what was noted. */
export async function endNoting(source: Session, mapping: Mapping): Promise<void> {
  const { noting, changed } = tablesOf(mapping);
  await source.transaction(async (transaction) => {
    await transaction.query(`delete from ${noting}`);
    await transaction.query(`delete from ${changed}`);
  });
}

function tablesOf(mapping: Mapping) {
  const schema = escapeIdentifier(schemaOf(mapping));
  return { noting: `${schema}.noting`, changed: `${schema}.changed` };
}
