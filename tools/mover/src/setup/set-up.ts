import { setTimeout as sleep } from "node:timers/promises";
import { ExpectedError } from "@banyan/service";
import { sides, type Side, type TrafficStore } from "@banyan/strangler";
import { escapeIdentifier, escapeLiteral } from "pg";
import { DatabaseFailure } from "../database/database-failure.ts";
import type { Queryable, Session, Sessions } from "../database/session.ts";
import { moduleOf, type Mapping } from "../mapping/mapping.ts";
import { allowReadMisses } from "../rule/read-misses.ts";
import { grantStatements, schemaStatements, tablesOf, triggerStatements } from "./schema.ts";
import { scramVerifier } from "./scram.ts";

export interface SetUpOptions {
  readonly mapping: Mapping;
  /** Of roles that own the tables, or administer the databases. */
  readonly admin: Sessions;
  /** The URLs that the mover will use: their role is made, with their password, where it is missing. */
  readonly urls: Readonly<Record<Side, string>>;
  readonly store: TrafficStore;
}

/** A writer that holds a table longer than this keeps the setup waiting and others behind it, in milliseconds. */
const lockMs = 2000;
const attempts = 5;

/**
 * Prepares both databases: the mover's role, the outboxes, the fences; and lets reads that miss be asked of the owner of the
 * writes. Nothing else changes for anybody: writes stay whose they are. Can be run again.
 *
 * @throws {ExpectedError} when a table of the mapping, or `write_fences`, is missing
 */
export async function setUp({ mapping, admin, urls, store }: SetUpOptions): Promise<void> {
  const { owner, epoch } = (await allowReadMisses(store, mapping.service)).rule.writes;
  for (const side of sides) {
    const session = admin[side];
    await assertTables(session, mapping);
    await ensureRole(session, urls[side]);
    const role = roleOf(urls[side]);
    await patiently(() =>
      session.transaction(async (transaction) => {
        await transaction.query(`set local lock_timeout = ${lockMs}`);
        await transaction.query(
          `insert into public.write_fences (module, written_here, epoch) values ($1, $2, $3) on conflict do nothing`,
          [moduleOf(mapping), side === owner, epoch],
        );
        const statements = [
          ...schemaStatements(mapping, side, role),
          ...triggerStatements(mapping, side),
          ...grantStatements(mapping, side, role, new URL(urls[side]).pathname.slice(1)),
        ];
        for (const statement of statements) await transaction.query(statement);
      }),
    );
  }
}

export function roleOf(url: string): string {
  return decodeURIComponent(new URL(url).username);
}

async function assertTables(session: Session, mapping: Mapping): Promise<void> {
  const wanted = ["write_fences", ...tablesOf(mapping, session.side).map(({ table }) => table)];
  const rows = await session.query<{ readonly name: string }>(
    "select name from unnest($1::text[]) as name where to_regclass('public.' || quote_ident(name)) is null",
    [wanted],
  );
  if (rows.length === 0) return;
  const missing = rows.map(({ name }) => name).join(", ");
  throw new ExpectedError(`${session.place}: there is no ${missing}: run the migrations, or correct the mapping`);
}

async function ensureRole(session: Queryable, url: string): Promise<void> {
  const role = roleOf(url);
  const known = await session.query("select 1 from pg_roles where rolname = $1", [role]);
  if (known.length > 0) return;
  const password = escapeLiteral(scramVerifier(decodeURIComponent(new URL(url).password)));
  await session.query(
    `create role ${escapeIdentifier(role)} login noinherit nocreatedb nocreaterole connection limit 20 password ${password}`,
  );
}

/** A table that is busy is waited for, and left to others in between. */
async function patiently(work: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (attempt === attempts || !(error instanceof DatabaseFailure && error.isContention)) throw error;
      await sleep(200 * attempt);
    }
  }
}
