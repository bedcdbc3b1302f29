import { sides } from "@banyan/strangler";
import { escapeIdentifier } from "pg";
import type { Queryable, Sessions } from "../database/session.ts";
import { readFence } from "../fence/fence.ts";
import { moduleOf, schemaOf, type Mapping } from "../mapping/mapping.ts";
import { tablesOf, triggers } from "./schema.ts";

export interface TearDownOptions {
  readonly mapping: Mapping;
  readonly admin: Sessions;
  /** The mover's. */
  readonly role: string;
}

/**
 * Takes the outboxes and the progress of the backfill away, and the fence where the writes are. The other database goes on
 * refusing them: a process that has slept through it all must not write there. The mover's role loses what it was granted.
 * Can be run again; `setUp` brings all of it back, and the backfill begins anew.
 */
export async function tearDown({ mapping, admin, role }: TearDownOptions): Promise<void> {
  const schema = escapeIdentifier(schemaOf(mapping));
  for (const side of sides) {
    const session = admin[side];
    const fence = await readFence(session, mapping);
    const [found] = await session.query("select 1 from pg_namespace where nspname = $1", [schemaOf(mapping)]);
    if (fence === undefined || found === undefined) continue;
    await session.transaction(async (transaction) => {
      await transaction.query("set local lock_timeout = 5000");
      await revokeAll(transaction, [...new Set(tablesOf(mapping, side).map(({ table }) => table))], { schema, role });
      if (fence.here) {
        await transaction.query(`drop schema ${schema} cascade`);
        await transaction.query("delete from public.write_fences where module = $1", [moduleOf(mapping)]);
      } else {
        for (const { table } of tablesOf(mapping, side)) {
          await transaction.query(`drop trigger if exists ${triggers.record} on public.${escapeIdentifier(table)}`);
        }
        const made = ["outbox", "backfill", "noting", "changed"].map((table) => `${schema}.${table}`);
        await transaction.query(`drop table if exists ${made.join(", ")}`);
      }
    });
  }
}

async function revokeAll(
  transaction: Queryable,
  tables: readonly string[],
  { schema, role }: { readonly schema: string; readonly role: string },
): Promise<void> {
  const known = await transaction.query("select 1 from pg_roles where rolname = $1", [role]);
  if (known.length === 0) return;
  const mover = escapeIdentifier(role);
  const granted = ["write_fences", ...tables].map((table) => `public.${escapeIdentifier(table)}`).join(", ");
  await transaction.query(`revoke all on ${granted} from ${mover}`);
  await transaction.query(`revoke all on all tables in schema ${schema} from ${mover}`);
  await transaction.query(`revoke all on all functions in schema ${schema} from ${mover}`);
  await transaction.query(`revoke all on schema ${schema} from ${mover}`);
}
