import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Database } from "./database.ts";
import { openNotifications, type Notifications } from "./notifications.ts";
import { openFixture, silent } from "./testing/fixture.ts";

let fixture: Awaited<ReturnType<typeof openFixture>>;
let changes: Notifications;
beforeAll(async () => {
  fixture = await openFixture();
  changes = openNotifications(fixture.config, "counter", silent);
});
afterAll(async () => {
  await changes[Symbol.asyncDispose]();
  await fixture[Symbol.asyncDispose]();
});

function increment(database: Database, id: string): Promise<unknown> {
  const text = `with changed as (
      insert into counter (id, value) values ($1, 1) on conflict (id) do update set value = counter.value + 1
    ) select pg_notify('counter', $1)`;
  return database.query({ name: "increment", text, values: [id] });
}

function counter(id: string) {
  return async (): Promise<{ readonly version: bigint }> => {
    const text = "select coalesce(max(value), 0) as version from counter where id = $1";
    const [row] = await fixture.database.query<{ version: bigint }>({ name: "read-counter", text, values: [id] });
    if (row === undefined) throw new Error("an aggregate answers one row");
    return row;
  };
}

/** Reads versions until `last` has come. */
async function versionsUntil(last: bigint, versions: AsyncIterable<{ readonly version: bigint }>): Promise<bigint[]> {
  const seen: bigint[] = [];
  for await (const { version } of versions) {
    seen.push(version);
    if (version === last) break;
  }
  return seen;
}

const never = new AbortController().signal;

describe("follow", () => {
  it("yields what is there at once", async () => {
    await increment(fixture.database, "there");
    expect(await versionsUntil(1n, changes.follow("there", counter("there"), never))).toEqual([1n]);
  });

  it("yields greater versions only, and the last one always", async () => {
    const seen = versionsUntil(50n, changes.follow("busy", counter("busy"), never));
    for (let count = 0; count < 50; count++) await increment(fixture.database, "busy");
    const versions = await seen;
    expect(versions.at(-1)).toBe(50n);
    expect(versions).toEqual([...new Set(versions)].toSorted((a, b) => (a < b ? -1 : 1)));
  });

  it("is not woken by the changes of others", async () => {
    let reads = 0;
    const ending = new AbortController();
    const read = (): Promise<{ version: bigint }> => Promise.resolve({ version: BigInt(++reads) });
    const seen = versionsUntil(99n, changes.follow("mine", read, ending.signal));
    await increment(fixture.database, "somebody else's");
    await sleep(100);
    ending.abort(new Error("enough"));
    await expect(seen).rejects.toThrow("enough");
    expect(reads).toBe(1);
  });

  it("throws the reason when the signal is aborted", async () => {
    const ending = new AbortController();
    const seen = versionsUntil(1n, changes.follow("ended", counter("ended"), ending.signal));
    ending.abort(new Error("drained"));
    await expect(seen).rejects.toThrow("drained");
  });

  it("throws what reading throws", async () => {
    const failing = changes.follow("gone", () => Promise.reject(new Error("no such counter")), never);
    await expect(versionsUntil(1n, failing)).rejects.toThrow("no such counter");
  });

  it("can be closed while it still connects", async () => {
    const rejections: unknown[] = [];
    const onRejection = (reason: unknown): void => void rejections.push(reason);
    process.on("unhandledRejection", onRejection);
    try {
      await openNotifications(fixture.config, "counter", silent)[Symbol.asyncDispose]();
      await sleep(20);
      expect(rejections).toEqual([]);
    } finally {
      process.off("unhandledRejection", onRejection);
    }
  });

  it("misses nothing that happens while the connection is lost", async () => {
    await using own = await openFixture();
    await using ownChanges = openNotifications(own.config, "counter", silent);
    const read = async (): Promise<{ version: bigint }> => {
      const text = "select coalesce(max(value), 0) as version from counter where id = 'lost'";
      const [row] = await own.database.query<{ version: bigint }>({ name: "read-lost", text, values: [] });
      return row ?? { version: 0n };
    };
    const seen = versionsUntil(2n, ownChanges.follow("lost", read, never));
    await sleep(200);
    await increment(own.database, "lost");
    await sleep(200);
    await own.server.restart();
    await increment(own.database, "lost");
    expect(await seen).toEqual([0n, 1n, 2n]);
  });
});
