import { fileURLToPath } from "node:url";
import { runner } from "node-pg-migrate";
import type { ClientBase } from "pg";

/**
 * Runs the migrations of a folder that have not run yet, in the order of their numbers, in one transaction, and under an
 * advisory lock: of several instances that start at once one runs them and the others wait.
 *
 * A database that knows more migrations than the folder is left as it is: the version before keeps running beside, and
 * after, its successor.
 *
 * @param folder `0001_….sql`, `0002_….sql` and so on, forward only
 * @returns the names of the migrations that were run
 */
export async function migrate(client: ClientBase, folder: URL): Promise<readonly string[]> {
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
