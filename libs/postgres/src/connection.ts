import { setTimeout as sleep } from "node:timers/promises";
import { ExpectedError } from "@banyan/service";
import { Client, types as pgTypes, type ClientConfig, type CustomTypesConfig, type DatabaseError } from "pg";
import { trialPassword, type DatabaseConfig } from "./environment.ts";
import { isRefusedForGood } from "./failure.ts";

/** What is logged here; pino's loggers are of this shape. */
export interface DatabaseLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

export interface ConnectOptions {
  readonly log: DatabaseLog;
  /** How long to wait for a database that is not there yet, in milliseconds. Default 30000. */
  readonly startTimeoutMs?: number;
}

/** `bigint` columns are bigints; everything else as pg has it. */
const types: CustomTypesConfig = {
  getTypeParser: (oid, format) =>
    oid === pgTypes.builtins.INT8 && format !== "binary" ? BigInt : pgTypes.getTypeParser(oid, format),
};

/**
 * How every connection of ours is made. No wait is without a bound: 2 s for a connection, 3 s for a lock, 5 s for a
 * statement, 10 s for a transaction that does nothing.
 */
export function clientOptions(config: DatabaseConfig): ClientConfig {
  return {
    connectionString: config.DATABASE_URL,
    types,
    keepAlive: true,
    connectionTimeoutMillis: 2000,
    lock_timeout: 3000,
    statement_timeout: 5000,
    query_timeout: 6000,
    idle_in_transaction_session_timeout: 10_000,
  };
}

/**
 * The first connection of a process; waits for a database that is still starting. It has no limit on its statements.
 *
 * @throws {ExpectedError} when there is none within `startTimeoutMs`, or, outside of development, with the trial's password
 */
export async function connectAtStart(
  config: Pick<DatabaseConfig, "DATABASE_URL" | "BANYAN_ENV">,
  { log, startTimeoutMs = 30_000 }: ConnectOptions,
): Promise<Client> {
  if (config.BANYAN_ENV !== "development" && new URL(config.DATABASE_URL).password === trialPassword) {
    throw new ExpectedError(
      `DATABASE_URL: the password of the trial, which everybody knows, is taken with BANYAN_ENV=development alone`,
    );
  }
  const deadline = performance.now() + startTimeoutMs;
  for (let attempt = 1; ; attempt++) {
    const client = new Client({
      connectionString: config.DATABASE_URL,
      types,
      keepAlive: true,
      connectionTimeoutMillis: 2000,
    });
    client.on("error", (error) => log.warn({ error: error.message }, "database connection lost"));
    try {
      await client.connect();
      return client;
    } catch (error) {
      const reason = error instanceof Error ? error.message || error.name : String(error);
      await client.end().catch(() => undefined);
      if (isRefusedForGood(error) || performance.now() >= deadline) {
        throw new ExpectedError(`no database at ${place(config)} (${reason}): start it, or correct DATABASE_URL`);
      }
      if (attempt === 1) log.warn({ database: place(config), reason }, "waiting for the database");
      await sleep(Math.min(100 * attempt, 1000));
    }
  }
}

/** Where the database is, without the password. */
function place({ DATABASE_URL }: Pick<DatabaseConfig, "DATABASE_URL">): string {
  const { username, host, pathname, searchParams } = new URL(DATABASE_URL);
  return `${username}@${searchParams.get("host") ?? host}${pathname}`;
}

/** Whether an error that PostgreSQL reports leaves the connection open: not so when it is shutting down. */
export function reachable(error: DatabaseError): boolean {
  return !/^(08|57P)/.test(error.code ?? "");
}
