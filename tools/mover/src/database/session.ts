import { Client, DatabaseError, types as pgTypes, type CustomTypesConfig } from "pg";
import type { Side } from "@banyan/strangler";
import { DatabaseFailure } from "./database-failure.ts";

/** Something that statements can be sent to, one after the other. */
export interface Queryable {
  /** `bigint` columns are bigints. @throws {DatabaseFailure} */
  query<Row extends object>(text: string, values?: readonly unknown[]): Promise<Row[]>;
}

/** One connection to one of the two databases. */
export interface Session extends Queryable, AsyncDisposable {
  readonly side: Side;
  /** The role's name and the database's, without the password. */
  readonly place: string;
  /** Runs `work` in a transaction: committed when it returns, rolled back when it throws. */
  transaction<T>(work: (transaction: Queryable) => Promise<T>): Promise<T>;
}

/** Each side's connection. */
export type Sessions = Readonly<Record<Side, Session>>;

const types: CustomTypesConfig = {
  getTypeParser: (oid, format) =>
    oid === pgTypes.builtins.INT8 && format !== "binary" ? BigInt : pgTypes.getTypeParser(oid, format),
};

/** Of every connection, in milliseconds. A transaction that does nothing must not hold back others. */
const bounds = {
  connectionTimeoutMillis: 5000,
  lock_timeout: 5000,
  statement_timeout: 60_000,
  query_timeout: 65_000,
  idle_in_transaction_session_timeout: 30_000,
};

/** @throws {DatabaseFailure} when the database cannot be reached within 5 seconds, or does not let us in */
export async function openSession(side: Side, url: string): Promise<Session> {
  const client = new Client({
    connectionString: url,
    types,
    keepAlive: true,
    application_name: "banyan-mover",
    // Documents have timestamps as text, which is to be the same on both sides.
    options: "-c timezone=UTC -c datestyle=ISO -c extra_float_digits=1",
    ...bounds,
  });
  const place = placeOf(side, url);
  let lost: Error | undefined;
  client.on("error", (error) => (lost = error)); // the next statement fails by it
  try {
    await client.connect();
  } catch (error) {
    await client.end().catch(() => undefined);
    throw new DatabaseFailure(place, error, remedyOf(error));
  }

  const query = async <Row extends object>(text: string, values: readonly unknown[] = []): Promise<Row[]> => {
    try {
      if (lost !== undefined) throw lost;
      return (await client.query<Row>(text, [...values])).rows;
    } catch (error) {
      throw new DatabaseFailure(place, lost ?? error);
    }
  };
  return {
    side,
    place,
    query,
    async transaction(work) {
      await query("begin");
      try {
        const result = await work({ query });
        await query("commit");
        return result;
      } catch (error) {
        // What cannot be rolled back is rolled back by the end of the connection.
        await query("rollback").catch(
          (failure: unknown) => (lost ??= new Error("ROLLBACK failed", { cause: failure })),
        );
        throw error;
      }
    },
    [Symbol.asyncDispose]: () => client.end().catch(() => undefined),
  };
}

/** Opens both, or none. */
export async function openSessions(urls: Readonly<Record<Side, string>>): Promise<Sessions & AsyncDisposable> {
  await using opening = new AsyncDisposableStack();
  const legacy = opening.use(await openSession("legacy", urls.legacy));
  const candidate = opening.use(await openSession("candidate", urls.candidate));
  const opened = opening.move();
  return { legacy, candidate, [Symbol.asyncDispose]: () => opened.disposeAsync() };
}

/** What to do about a connection that could not be had. */
function remedyOf(error: unknown): string {
  const isRefused = error instanceof DatabaseError && /^(28|3D|42501)/.test(error.code ?? "");
  return isRefused
    ? "run setup first, which makes the mover's role, or correct the URL"
    : "start it, or correct the URL";
}

function placeOf(side: Side, url: string): string {
  const { username, pathname } = new URL(url);
  return `${side} database ${decodeURIComponent(pathname.slice(1))} as ${decodeURIComponent(username)}`;
}
