import { fileURLToPath } from "node:url";
import { runner } from "node-pg-migrate";
import type { ClientBase } from "pg";
import { connectAtStart, type ConnectOptions } from "./connection.ts";
import type { DatabaseConfig } from "./environment.ts";

export interface MigrationOptions extends ConnectOptions {
  /** The folder of the service's migrations: `0001_….sql`, `0002_….sql` and so on, forward only. */
  readonly migrations: URL;
}

/**
 * Brings the database of a service up to date, as {@link openDatabase} does first of all, and leaves no connection open:
 * for a step of its own before a new version starts. Each migration that is run has its line in the log.
 *
 * @returns the names of the migrations that were run; none when the database was up to date
 * @throws {ExpectedError} when the database cannot be reached within `options.startTimeoutMs`, or does not let us in
 */
export async function migrateDatabase(
  config: Pick<DatabaseConfig, "DATABASE_URL" | "BANYAN_ENV">,
  options: MigrationOptions,
): Promise<readonly string[]> {
  const client = await connectAtStart(config, options);
  try {
    const run = await migrate(client, options.migrations);
    for (const migration of run) options.log.info({ migration }, "migration has run");
    return run;
  } finally {
    await client.end();
  }
}

/**
 * Runs the migrations of a folder that have not run yet, in the order of their numbers, in one transaction, and under an
 * advisory lock: of several instances that start at once one runs them and the others wait.
 *
 * A database that knows more migrations than the folder is left as it is: the version before keeps running beside, and
 * after, its successor.
 */
async function migrate(client: ClientBase, folder: URL): Promise<readonly string[]> {
  const silent = { debug() {}, info() {}, warn() {}, error() {} };
  const run = await runner({
    dbClient: client,
    dir: fileURLToPath(folder),
    migrationsTable: "migrations",
    direction: "up",
    checkOrder: true,
    singleTransaction: true,
    advisoryLockMode: "wait",
    logger: silent,
  });
  return run.map(({ name }) => name);
}
