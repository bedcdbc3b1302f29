import { escapeIdentifier, escapeLiteral } from "pg";
import type { Side } from "@banyan/strangler";
import { moduleOf, schemaOf, type Mapping } from "../mapping/mapping.ts";

/** The name of the triggers: of one that refuses, and of one that records. */
export const triggers = { guard: "strangling_guard", record: "strangling_record" } as const;

/** All tables of a mapping on one side, each with its entity and the column of the key. */
export function tablesOf({ entities }: Mapping, side: Side) {
  return entities.flatMap(({ name, [side]: { tables } }) =>
    Object.entries(tables).map(([table, column]) => ({ table, column, entity: name })),
  );
}

/**
 * What moving a service needs in one of the databases, beside the tables of the service. Every statement can be run again.
 *
 * - `outbox`: a row for each change that this database's own writers have made, until the mover has carried it. Rows are
 *   taken by reading and deleting them, and never by a position that one has got to: a transaction that commits late adds
 *   its rows late, and cannot add them behind anybody's back.
 * - `changed`: which entities have left the outbox since `noting` was begun, for as long as that goes on.
 * - `guard()`: refuses writes while they are another database's, with 25006, the read-only one, after which nothing has
 *   happened. Each transaction that writes holds a shared lock to its end, which `turn_fence()` takes exclusively: once
 *   that has returned, no write of before is under way.
 * - The mover's own writes are let through where the writes are not, and only with the epoch of the fence.
 */
export function schemaStatements(mapping: Mapping, side: Side, role: string): string[] {
  const schema = escapeIdentifier(schemaOf(mapping));
  const [module, mover] = [escapeLiteral(moduleOf(mapping)), escapeLiteral(role)];
  const lock = `hashtextextended(${escapeLiteral(`banyan writes of ${moduleOf(mapping)}`)}, 0)`;
  const body = (text: string): string =>
    `language plpgsql security definer set search_path = pg_catalog, pg_temp as $$${text}$$`;
  return [
    `create schema if not exists ${schema}`,
    `create table if not exists ${schema}.outbox (
       seq        bigint generated always as identity primary key,
       entity     text not null,
       key        text not null,
       changed_at timestamptz not null default clock_timestamp()
     )`,
    `create table if not exists ${schema}.noting (id uuid primary key, until timestamptz not null)`,
    `create table if not exists ${schema}.changed (entity text, key text, primary key (entity, key))`,
    `create or replace function ${schema}.note() returns trigger ${body(`
       begin
         if exists (select from ${schema}.noting where until > clock_timestamp()) then
           insert into ${schema}.changed select distinct entity, key from carried on conflict do nothing;
         end if;
         return null;
       end
     `)}`,
    `create or replace trigger note after delete on ${schema}.outbox
     referencing old table as carried for each statement execute function ${schema}.note()`,
    ...(side === "legacy"
      ? []
      : [
          `create table if not exists ${schema}.backfill (
             entity  text primary key,
             reached text,
             rows    bigint not null default 0,
             done    boolean not null default false
           )`,
        ]),
    `create or replace function ${schema}.guard() returns trigger ${body(`
       declare
         here boolean;
         now_epoch bigint;
       begin
         if tg_op in ('DELETE', 'TRUNCATE') then
           raise exception 'rows of % are not deleted while % moves between two databases', tg_table_name, ${module}
             using errcode = '0A000';
         end if;
         perform pg_advisory_xact_lock_shared(${lock});
         if current_setting('transaction_isolation') <> 'read committed' then
           -- An older snapshot than the lock: 40001 if the fence has turned since.
           perform 1 from public.write_fences where module = ${module} for share;
         end if;
         select written_here or coalesce(reopens_at <= clock_timestamp(), false), epoch into here, now_epoch
         from public.write_fences
         where module = ${module};
         if session_user = ${mover} then
           if not here and current_setting('strangling.epoch', true) = now_epoch::text then
             return null;
           end if;
           raise exception 'the mover of % writes here no longer, at epoch %', ${module}, now_epoch using errcode = '25006';
         end if;
         if not here then
           raise exception 'writes of % are made in another database since epoch %', ${module}, now_epoch
             using errcode = '25006';
         end if;
         return null;
       end
     `)}`,
    `create or replace function ${schema}.record() returns trigger ${body(`
       declare
         changed text := to_jsonb(new) ->> tg_argv[1];
       begin
         if session_user = ${mover} then
           return null;
         end if;
         if tg_op = 'UPDATE' and to_jsonb(old) ->> tg_argv[1] is distinct from changed then
           raise exception 'keys of % do not change while % moves between two databases', tg_table_name, ${module}
             using errcode = '0A000';
         end if;
         insert into ${schema}.outbox (entity, key) values (tg_argv[0], changed);
         return null;
       end
     `)}`,
    // `expected`: the epoch at which the caller has seen the fence. `reopens_after`: seconds.
    `create or replace function ${schema}.turn_fence(
       expected bigint, next bigint, here boolean, reopens_after double precision
     ) returns boolean ${body(`
       begin
         perform pg_advisory_xact_lock(${lock});
         update public.write_fences
         set written_here = here, epoch = next,
             reopens_at = clock_timestamp() + make_interval(secs => reopens_after)
         where module = ${module} and epoch = expected and next >= expected;
         return found;
       end
     `)}`,
    // Opens what was closed for a time, and never what was closed for good: the other side may be open.
    `create or replace function ${schema}.reopen(expected bigint) returns boolean ${body(`
       begin
         perform pg_advisory_xact_lock(${lock});
         update public.write_fences
         set written_here = true, reopens_at = null
         where module = ${module} and epoch = expected and not written_here and reopens_at is not null;
         return found;
       end
     `)}`,
    // Closes for good what was closed for a time, unless that is over.
    `create or replace function ${schema}.keep_closed(expected bigint) returns boolean ${body(`
       begin
         perform pg_advisory_xact_lock(${lock});
         update public.write_fences
         set reopens_at = null
         where module = ${module} and epoch = expected and not written_here and reopens_at > clock_timestamp();
         return found;
       end
     `)}`,
  ];
}

/** Deletions are refused with the writes; what is recorded is what is inserted or updated. */
export function triggerStatements(mapping: Mapping, side: Side): string[] {
  const schema = escapeIdentifier(schemaOf(mapping));
  return tablesOf(mapping, side).flatMap(({ table, column, entity }) => {
    const on = `on public.${escapeIdentifier(table)}`;
    const [guard, cut] = [triggers.guard, `${triggers.guard}_truncate`];
    return [
      `create or replace trigger ${guard} before insert or update or delete ${on}
       for each statement execute function ${schema}.guard()`,
      `create or replace trigger ${cut} before truncate ${on} for each statement execute function ${schema}.guard()`,
      `create or replace trigger ${triggers.record} after insert or update ${on}
       for each row execute function ${schema}.record(${escapeLiteral(entity)}, ${escapeLiteral(column)})`,
    ];
  });
}

/** What the mover's role may do, and nothing else. */
export function grantStatements(mapping: Mapping, side: Side, role: string, database: string): string[] {
  const [schema, mover] = [escapeIdentifier(schemaOf(mapping)), escapeIdentifier(role)];
  const tables = [...new Set(tablesOf(mapping, side).map(({ table }) => `public.${escapeIdentifier(table)}`))];
  return [
    `grant connect on database ${escapeIdentifier(database)} to ${mover}`,
    `revoke all on all functions in schema ${schema} from public`,
    `grant usage on schema ${schema} to ${mover}`,
    `grant select, delete on ${schema}.outbox, ${schema}.changed to ${mover}`,
    `grant select, insert, delete on ${schema}.noting to ${mover}`,
    ...(side === "legacy" ? [] : [`grant select, insert, update on ${schema}.backfill to ${mover}`]),
    `grant execute on function ${schema}.turn_fence, ${schema}.reopen, ${schema}.keep_closed to ${mover}`,
    `grant select on public.write_fences to ${mover}`,
    `grant select, insert, update on ${tables.join(", ")} to ${mover}`,
  ];
}
