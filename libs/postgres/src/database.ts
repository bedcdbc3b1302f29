import { setTimeout as sleep } from "node:timers/promises";
import { DomainError, InfrastructureError } from "@banyan/errors";
import { DatabaseError, Pool, type PoolClient } from "pg";
import { clientOptions, reachable } from "./connection.ts";
import type { DatabaseConfig } from "./environment.ts";
import { databaseFailure, isContention } from "./failure.ts";
import { migrateDatabase, type MigrationOptions } from "./migrations.ts";
import { MeasuredPool, type PoolStatus } from "./pool-status.ts";
import { withStatementSpan } from "./statement-span.ts";

/** One statement; prepared once per connection under its name. */
export interface Statement {
  /** Unique in the service, named for what it does: `reserve-stock`. */
  readonly name: string;
  readonly text: string;
  readonly values: readonly unknown[];
}

/** Something that statements can be sent to: a database, or a transaction in it. */
export interface Queryable {
  /**
   * Sends one statement and answers its rows. `bigint` columns are bigints, `timestamptz` columns are Dates.
   *
   * @throws {InfrastructureError} `unavailable` when nothing has happened; `timeout` when the connection broke under a
   *   statement other than SELECT, so that its effect is not known; `internal` when PostgreSQL refuses the statement
   */
  query<Row extends object>(statement: Statement): Promise<Row[]>;
}

/** The database of one service. Disposing it waits for statements under way, 5 seconds at most. */
export interface Database extends Queryable, AsyncDisposable {
  /**
   * Runs `work` in a transaction: committed when it returns, rolled back when it throws. After a deadlock or a
   * serialisation failure it is run again, 3 times in all, so it does nothing but talk to `transaction`.
   *
   * @throws {InfrastructureError} `timeout` when the connection broke during COMMIT: whether it happened is not known
   */
  transaction<T>(work: (transaction: Queryable) => Promise<T>): Promise<T>;

  /** Answers when the database does. It has a connection of its own: a busy pool is not a dead database. */
  ping(): Promise<void>;

  /** How the pool is used, now and so far. */
  status(): PoolStatus;
}

/** The migrations are run first. */
export type DatabaseOptions = MigrationOptions;

/**
 * Opens the database of a service and brings it up to date.
 *
 * @throws {ExpectedError} when the database cannot be reached within `options.startTimeoutMs`, or does not let us in
 */
export async function openDatabase(config: DatabaseConfig, options: DatabaseOptions): Promise<Database> {
  await migrateDatabase(config, options);
  return new PooledDatabase(config, options);
}

/** Shorter than whoever asks waits for the answer, so that the answer is what is missing, and not that there was none. */
const pingBounds = { connectionTimeoutMillis: 800, query_timeout: 800 };

class PooledDatabase implements Database {
  readonly #name: string;
  readonly #pool: Pool;
  readonly #measured: MeasuredPool;
  readonly #pings: Pool;

  constructor(config: DatabaseConfig, { log }: DatabaseOptions) {
    this.#name = new URL(config.DATABASE_URL).pathname.slice(1);
    this.#pool = new Pool({ ...clientOptions(config), max: config.DATABASE_POOL_SIZE });
    this.#measured = new MeasuredPool(this.#pool);
    this.#pings = new Pool({ ...clientOptions(config), ...pingBounds, max: 1 });
    // A connection that breaks, idle or not, is replaced by the pool; without a listener it would end the process.
    const lost = (error: Error): void => log.warn({ error: error.message }, "database connection lost");
    for (const pool of [this.#pool, this.#pings]) {
      pool.on("error", lost).on("connect", (client) => client.on("error", () => undefined));
    }
  }

  async query<Row extends object>(statement: Statement): Promise<Row[]> {
    const client = await this.#connect();
    const outcome = /^\s*select\b/i.test(statement.text) ? "none" : "unknown";
    return sendAndRelease<Row>(client, statement, outcome);
  }

  async transaction<T>(work: (transaction: Queryable) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#attempt(work);
      } catch (error) {
        if (attempt === 3 || !(error instanceof InfrastructureError && isContention(error.cause))) throw error;
        await sleep(Math.random() * 20 * attempt);
      }
    }
  }

  async ping(): Promise<void> {
    try {
      await this.#pings.query("select 1");
    } catch (error) {
      throw databaseFailure(error, "none");
    }
  }

  status(): PoolStatus {
    return this.#measured.status(this.#name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = Promise.allSettled([this.#pool.end(), this.#pings.end()]);
    await Promise.race([ended, sleep(5000, undefined, { ref: false })]);
  }

  async #connect(): Promise<PoolClient> {
    try {
      return await this.#measured.connect();
    } catch (error) {
      throw databaseFailure(error, "none");
    }
  }

  async #attempt<T>(work: (transaction: Queryable) => Promise<T>): Promise<T> {
    const client = await this.#connect();
    let outcome: "none" | "unknown" = "none";
    try {
      await client.query("begin");
      const result = await work({ query: async (statement) => rowsOf(client, statement) });
      outcome = "unknown";
      await withStatementSpan("commit", "commit", () => client.query("commit"));
      client.release();
      return result;
    } catch (error) {
      const rolledBack = outcome === "none" && (await rollback(client));
      client.release(!rolledBack);
      throw error instanceof DomainError || error instanceof InfrastructureError
        ? error
        : databaseFailure(error, outcome);
    }
  }
}

async function sendAndRelease<Row extends object>(
  client: PoolClient,
  statement: Statement,
  outcome: "none" | "unknown",
): Promise<Row[]> {
  try {
    const rows = await rowsOf<Row>(client, statement);
    client.release();
    return rows;
  } catch (error) {
    // After a refusal by PostgreSQL the connection is as good as before; after anything else it is not known to be.
    client.release(!(error instanceof DatabaseError) || !reachable(error));
    throw databaseFailure(error, outcome);
  }
}

async function rowsOf<Row extends object>(client: PoolClient, { name, text, values }: Statement): Promise<Row[]> {
  const { rows } = await withStatementSpan(name, text, () => client.query<Row>({ name, text, values: [...values] }));
  return rows;
}

/** Ends a transaction that has failed. @returns whether the connection can be used again */
async function rollback(client: PoolClient): Promise<boolean> {
  try {
    await client.query("rollback");
    return true;
  } catch {
    return false;
  }
}
