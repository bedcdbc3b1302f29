import { setTimeout as sleep } from "node:timers/promises";
import { DomainError, InfrastructureError } from "@banyan/errors";
import { ExpectedError } from "@banyan/service";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openDatabase, type Queryable } from "./database.ts";
import { migrateDatabase } from "./migrations.ts";
import { migrationsFolder, openFixture, silent } from "./testing/fixture.ts";

let fixture: Awaited<ReturnType<typeof openFixture>>;
beforeAll(async () => {
  fixture = await openFixture();
});
afterAll(() => fixture[Symbol.asyncDispose]());

const add = (id: string, by: number) => ({
  name: "add",
  text: `insert into counter (id, value) values ($1, $2)
         on conflict (id) do update set value = counter.value + $2`,
  values: [id, by],
});

async function valueOf(queryable: Queryable, id: string): Promise<bigint | undefined> {
  const text = "select value from counter where id = $1";
  const [row] = await queryable.query<{ value: bigint }>({ name: "value-of", text, values: [id] });
  return row?.value;
}

/** The kind of InfrastructureError that `work` fails with. */
async function kindOf(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.catch((reason: unknown) => reason);
  if (error instanceof InfrastructureError) return error.kind;
  throw new Error("expected an InfrastructureError", { cause: error });
}

async function eventually(holds: () => boolean): Promise<void> {
  for (let tries = 0; !holds() && tries < 500; tries++) await sleep(10);
  expect(holds()).toBe(true);
}

describe("a database", () => {
  it("answers bigint columns as bigints", async () => {
    await fixture.database.query(add("big", 1));
    await fixture.database.query(add("big", Number.MAX_SAFE_INTEGER));
    expect(await valueOf(fixture.database, "big")).toBe(9007199254740992n);
  });

  it("commits a transaction that returns", async () => {
    const { database } = fixture;
    const seen = await database.transaction(async (transaction) => {
      await transaction.query(add("committed", 2));
      return valueOf(transaction, "committed");
    });
    expect(seen).toBe(2n);
    expect(await valueOf(database, "committed")).toBe(2n);
  });

  it("rolls back a transaction that throws, and lets a domain error through as it is", async () => {
    class NoError extends DomainError {
      override readonly kind = "precondition";
      override readonly reason = "NO";
    }
    const { database } = fixture;
    const refused = database.transaction(async (transaction) => {
      await transaction.query(add("rolled back", 1));
      throw new NoError("no");
    });
    await expect(refused).rejects.toThrow(NoError);
    expect(await valueOf(database, "rolled back")).toBeUndefined();
  });

  it("calls a violated constraint internal, and goes on", async () => {
    expect(await kindOf(fixture.database.query(add("negative", -1)))).toBe("internal");
    await fixture.database.ping();
  });

  it("runs a transaction again after a deadlock", async () => {
    const { database } = fixture;
    await database.query(add("left", 0));
    await database.query(add("right", 0));
    let attempts = 0;
    const both = (first: string, second: string) =>
      database.transaction(async (transaction) => {
        attempts++;
        await transaction.query(add(first, 1));
        await sleep(50);
        await transaction.query(add(second, 1));
      });
    await Promise.all([both("left", "right"), both("right", "left")]);
    expect(attempts).toBeGreaterThan(2);
    expect([await valueOf(database, "left"), await valueOf(database, "right")]).toEqual([2n, 2n]);
  });

  it("answers a ping while every connection of the pool is taken", async () => {
    const { database } = fixture;
    const done = Promise.withResolvers<void>();
    const holding = Array.from({ length: 5 }, () => database.transaction(() => done.promise));
    try {
      await sleep(50);
      await database.ping();
      expect(await kindOf(database.query(add("pool is taken", 1)))).toBe("unavailable");
    } finally {
      done.resolve();
      await Promise.all(holding);
    }
  });

  it("tells how its pool is used, who waits, and who got no connection in time", async () => {
    const { database } = fixture;
    const before = database.status();
    const done = Promise.withResolvers<void>();
    const holding = Array.from({ length: 5 }, () => database.transaction(() => done.promise));
    try {
      await eventually(() => database.status().used === 5);
      const late = kindOf(database.query(add("waits", 1)));
      expect(database.status()).toMatchObject({ name: "fixture", max: 5, used: 5, idle: 0, waiting: 1 });
      expect(await late).toBe("unavailable");
    } finally {
      done.resolve();
      await Promise.all(holding);
    }
    const after = database.status();
    expect(after).toMatchObject({ used: 0, waiting: 0, served: before.served + 5, timeouts: before.timeouts + 1 });
    expect(after.waitedMs).toBeGreaterThan(before.waitedMs);
  });

  it("refuses another service's role", async () => {
    const url = new URL(fixture.config.DATABASE_URL);
    const other = new URL(await fixture.server.createDatabase("other"));
    other.pathname = url.pathname;
    await using folder = await migrationsFolder({});
    const config = { DATABASE_URL: other.href, DATABASE_POOL_SIZE: 1 };
    await expect(openDatabase(config, { log: silent, migrations: folder.url })).rejects.toThrow(ExpectedError);
  });
});

describe("a database that goes away", () => {
  it("is unavailable to reads, unknown to writes under way, and there again when it is back", async () => {
    await using own = await openFixture();
    const { database, server } = own;
    const sleeping = (name: string, text: string) => kindOf(database.query({ name, text, values: [] }));
    const read = sleeping("slow-read", "select pg_sleep(60)");
    const write = sleeping("slow-write", "insert into counter (id) select 'x' from pg_sleep(60)");
    const inTransaction = kindOf(
      database.transaction((transaction) =>
        transaction.query({ name: "slow-step", text: "select pg_sleep(60)", values: [] }),
      ),
    );
    await sleep(200);
    await server.kill("SIGKILL");
    expect(await Promise.all([read, write, inTransaction])).toEqual(["unavailable", "timeout", "unavailable"]);
    expect(await kindOf(database.ping())).toBe("unavailable");
    await server.restart();
    await database.query(add("back", 1));
    await database.ping();
  });
});

describe("openDatabase", () => {
  it("says in one line, without the password, that there is no database", async () => {
    await using folder = await migrationsFolder({});
    const config = { DATABASE_URL: "postgres://shop:hunter2@127.0.0.1:1/shop", DATABASE_POOL_SIZE: 1 };
    const opening = openDatabase(config, { log: silent, migrations: folder.url, startTimeoutMs: 200 });
    const error: unknown = await opening.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ExpectedError);
    expect(String(error)).toMatch(
      /no database at shop@127\.0\.0\.1:1\/shop \(.*ECONNREFUSED.*\): start it, or correct/,
    );
    expect(String(error)).not.toContain("hunter2");
  });

  it("runs each migration once when two open at the same time", async () => {
    const config = { DATABASE_URL: await fixture.server.createDatabase("twice"), DATABASE_POOL_SIZE: 1 };
    await using folder = await migrationsFolder({
      "0001_slow": "select pg_sleep(0.3); create table once (id int); insert into once values (1);",
      "0002_more": "insert into once values (2);",
    });
    const run: string[] = [];
    const log = { ...silent, info: (fields: object) => void run.push(JSON.stringify(fields)) };
    const open = () => openDatabase(config, { log, migrations: folder.url });
    await using first = (await Promise.all([open(), open()]))[0];
    expect(await first.query({ name: "all", text: "select id from once order by id", values: [] })).toEqual([
      { id: 1 },
      { id: 2 },
    ]);
    expect(run).toEqual(['{"migration":"0001_slow"}', '{"migration":"0002_more"}']);
  });

  it.each([undefined, "production"] as const)("refuses the trial's password where BANYAN_ENV is %s", async (env) => {
    const url = new URL(fixture.config.DATABASE_URL);
    url.password = "banyan-trial";
    const trial = { DATABASE_URL: url.href, DATABASE_POOL_SIZE: 1, BANYAN_ENV: env };
    await using folder = await migrationsFolder({});
    const options = { log: silent, migrations: folder.url };
    await expect(openDatabase(trial, options)).rejects.toThrow("DATABASE_URL: the password of the trial");
    await expect(migrateDatabase(trial, options)).rejects.toBeInstanceOf(ExpectedError);
    await expect(migrateDatabase({ ...trial, BANYAN_ENV: "development" }, options)).resolves.toEqual([]);
  });

  it("is brought up to date before anything opens it, and nothing is left to do then", async () => {
    const config = { DATABASE_URL: await fixture.server.createDatabase("before"), DATABASE_POOL_SIZE: 1 };
    await using folder = await migrationsFolder({ "0001_a": "create table a (id int);", "0002_b": "select 1;" });
    const options = { log: silent, migrations: folder.url };
    expect(await migrateDatabase(config, options)).toEqual(["0001_a", "0002_b"]);
    expect(await migrateDatabase(config, options)).toEqual([]);
    await using database = await openDatabase(config, options);
    expect(await database.query({ name: "all", text: "select id from a", values: [] })).toEqual([]);
  });

  it("leaves a database alone that a later version has migrated", async () => {
    const config = { DATABASE_URL: await fixture.server.createDatabase("later"), DATABASE_POOL_SIZE: 1 };
    const expand = { "0001_a": "create table a (id int);" };
    await using now = await migrationsFolder(expand);
    await using later = await migrationsFolder({ ...expand, "0002_b": "alter table a add column b int;" });
    await (await openDatabase(config, { log: silent, migrations: later.url }))[Symbol.asyncDispose]();
    await using database = await openDatabase(config, { log: silent, migrations: now.url });
    await database.ping();
  });

  it("lets others through while a migration cannot have a table, and runs it when it can", async () => {
    const config = { DATABASE_URL: await fixture.server.createDatabase("busy"), DATABASE_POOL_SIZE: 2 };
    await using first = await migrationsFolder({ "0001_a": "create table a (id int);" });
    await using next = await migrationsFolder({
      "0001_a": "create table a (id int);",
      "0002_b": "alter table a add column b int;",
    });
    await using database = await openDatabase(config, { log: silent, migrations: first.url });
    const read = { name: "read", text: "select id from a", values: [] };
    const waits: string[] = [];
    const log = { ...silent, warn: (_: object, message: string) => void waits.push(message) };
    const options = { log, migrations: next.url, lockTimeoutMs: 100 };
    const release = Promise.withResolvers<void>();
    const holding = database.transaction(async (transaction) => {
      await transaction.query(read);
      await release.promise;
    });
    const migrating = migrateDatabase(config, options);
    await eventually(() => waits.length > 0);
    await database.query(read); // behind the migration, it would wait for the transaction
    release.resolve();
    await holding;
    expect(await migrating).toEqual(["0002_b"]);
  });

  it("says in one line that a table is never free", async () => {
    const config = { DATABASE_URL: await fixture.server.createDatabase("held"), DATABASE_POOL_SIZE: 1 };
    await using first = await migrationsFolder({ "0001_a": "create table a (id int);" });
    await using next = await migrationsFolder({ "0001_a": "select 1;", "0002_b": "alter table a add column b int;" });
    await using database = await openDatabase(config, { log: silent, migrations: first.url });
    await database.transaction(async (transaction) => {
      await transaction.query({ name: "read", text: "select id from a", values: [] });
      const migrating = migrateDatabase(config, { log: silent, migrations: next.url, lockTimeoutMs: 20 });
      await expect(migrating).rejects.toThrow(
        /^migrations: a table is never free \(.*lock timeout, 5 times\): end the/,
      );
    });
  });

  it("leaves nothing of a migration that fails", async () => {
    const config = { DATABASE_URL: await fixture.server.createDatabase("fails"), DATABASE_POOL_SIZE: 1 };
    await using bad = await migrationsFolder({ "0001_bad": "create table a (id int); select 1/0;" });
    await expect(openDatabase(config, { log: silent, migrations: bad.url })).rejects.toThrow("division by zero");
    await using good = await migrationsFolder({ "0001_bad": "create table a (id int);" });
    await using database = await openDatabase(config, { log: silent, migrations: good.url });
    await database.ping();
  });
});
