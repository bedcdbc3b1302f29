import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { ExpectedError } from "@banyan/service";
import { runner } from "node-pg-migrate";
import { DatabaseError, type ClientBase } from "pg";
import { connectAtStart, type ConnectOptions } from "./connection.ts";
import type { DatabaseConfig } from "./environment.ts";

export interface MigrationOptions extends ConnectOptions {
  /** The folder of the service's migrations: `0001_….sql`, `0002_….sql` and so on, forward only. */
  readonly migrations: URL;
  /**
   * How long a migration may wait for a table that others use, in milliseconds: all who come after it wait behind it. Then
   * it is rolled back, lets them through, and is tried again, five times in all. Default 2000.
   */
  readonly lockTimeoutMs?: number;
}

const attempts = 5;

/**
 * Brings the database of a service up to date, as {@link openDatabase} does first of all, and leaves no connection open:
 * for a step of its own before a new version starts. Each migration that is run has its line in the log.
 *
 * @returns the names of the migrations that were run; none when the database was up to date
 * @throws {ExpectedError} when the database cannot be reached within `options.startTimeoutMs`, or does not let us in; when a
 *   table that a migration changes is never free
 */
export async function migrateDatabase(
  config: Pick<DatabaseConfig, "DATABASE_URL" | "BANYAN_ENV">,
  options: MigrationOptions,
): Promise<readonly string[]> {
  const client = await connectAtStart(config, options);
  try {
    const run = await migrate(client, options);
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
async function migrate(client: ClientBase, options: MigrationOptions): Promise<readonly string[]> {
  const { migrations, lockTimeoutMs = 2000, log } = options;
  // Whoever runs migrations may take long: those who wait for it have no bound but their own end.
  await client.query("select pg_advisory_lock(hashtextextended('banyan migrations', 0))");
  await client.query(`set lock_timeout = ${lockTimeoutMs}`);
  for (let attempt = 1; ; attempt++) {
    try {
      return await runMissing(client, migrations);
    } catch (error) {
      if (!isLockTimeout(error)) throw error;
      if (attempt === attempts) {
        throw new ExpectedError(
          `migrations: a table is never free (${error.message}, ${attempts} times): end the transactions that hold it, and start again`,
        );
      }
      log.warn({ attempt, reason: error.message }, "a migration waits for a table that others use");
      await sleep(lockTimeoutMs / 2);
    }
  }
}

async function runMissing(client: ClientBase, folder: URL): Promise<readonly string[]> {
  const silent = { debug() {}, info() {}, warn() {}, error() {} };
  const run = await runner({
    dbClient: client,
    dir: fileURLToPath(folder),
    migrationsTable: "migrations",
    direction: "up",
    checkOrder: true,
    singleTransaction: true,
    noLock: true,
    logger: silent,
  });
  return run.map(({ name }) => name);
}

function isLockTimeout(error: unknown): error is DatabaseError {
  return error instanceof DatabaseError && error.code === "55P03";
}
