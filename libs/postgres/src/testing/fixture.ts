import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { startPostgres, type Postgres } from "@banyan/dev";
import { openDatabase, type Database } from "../database.ts";
import type { DatabaseConfig } from "../environment.ts";

export const silent = { info: () => undefined, warn: () => undefined };

/** A folder with these migrations; `await using` removes it. */
export async function migrationsFolder(
  migrations: Readonly<Record<string, string>>,
): Promise<AsyncDisposable & { readonly url: URL }> {
  const folder = await mkdtemp(join(tmpdir(), "migrations-"));
  for (const [name, sql] of Object.entries(migrations)) await writeFile(join(folder, `${name}.sql`), sql);
  return {
    url: pathToFileURL(`${folder}/`),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  };
}

/** A real server of its own, with an empty database, and the database opened with one table `counter`. */
export async function openFixture(): Promise<
  AsyncDisposable & { readonly server: Postgres; readonly config: DatabaseConfig; readonly database: Database }
> {
  const stack = new AsyncDisposableStack();
  const server = stack.use(await startPostgres());
  const config = { DATABASE_URL: await server.createDatabase("fixture"), DATABASE_POOL_SIZE: 5 };
  const migrations = stack.use(
    await migrationsFolder({
      "0001_counter": "create table counter (id text primary key, value bigint not null default 0 check (value >= 0));",
    }),
  );
  const database = stack.use(await openDatabase(config, { log: silent, migrations: migrations.url }));
  return { server, config, database, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}
