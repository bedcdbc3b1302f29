import { describe, expect, it } from "vitest";
import { openSessions } from "../database/session.ts";
import { flip } from "../flip/flip.ts";
import { readBackfill } from "../move/backfill.ts";
import { readLag } from "../move/outbox.ts";
import { eventually } from "../testing/eventually.ts";
import { addStock, commit, putItem, reserve, stockOf } from "../testing/goods.ts";
import { openWorld, type World } from "../testing/world.ts";
import { verify } from "../verify/verify.ts";

async function untilCaughtUp({ sessions, mapping }: World, side: "legacy" | "candidate"): Promise<void> {
  await eventually(async () => {
    expect((await readBackfill(sessions.candidate, mapping)).every(({ done }) => done)).toBe(true);
    expect((await readLag(sessions[side], mapping)).rows).toBe(0);
  });
}

describe("inventory", () => {
  it("is carried with new items, additions and reservations that refer to each other while it is filled", async () => {
    await using world = await openWorld("inventory");
    const { legacy } = world.owners;
    for (let item = 0; item < 20; item++) {
      await putItem(legacy, `sku-${item}`);
      await addStock(legacy, `sku-${item}`, 1000);
      for (let order = 0; order < 10; order++) await reserve(legacy, `sku-${item}`, 2);
    }
    await world.setUp();
    const stopping = new AbortController();
    const writing = (async () => {
      const writer = await world.session("legacy");
      for (let item = 0; !stopping.signal.aborted; item++) {
        const sku = `new.${item}`;
        await putItem(writer, sku);
        await addStock(writer, sku, 100);
        await commit(writer, await reserve(writer, sku, 3));
        await reserve(writer, "sku-1", 1);
      }
    })();
    await using _mover = world.startMover();
    await eventually(async () => {
      expect((await readBackfill(world.sessions.candidate, world.mapping)).every(({ done }) => done)).toBe(true);
    });
    stopping.abort();
    await writing;
    await untilCaughtUp(world, "legacy");
    const { sessions, mapping } = world;
    expect(await verify(sessions, { mapping, source: "legacy" })).toMatchObject({ differences: [], moving: 0 });
    const { available, expected } = await stockOf(world.owners.candidate, "sku-1");
    expect(available).toBe(expected);
  });

  it("goes to the service and comes back, with items, stock and states changed on either side", async () => {
    await using world = await openWorld("inventory");
    const { legacy, candidate } = world.owners;
    await putItem(legacy, "tea");
    await addStock(legacy, "tea", 100);
    const early = await reserve(legacy, "tea", 5);
    await world.setUp();
    await using _mover = world.startMover();
    await untilCaughtUp(world, "legacy");
    await flipTo(world, "candidate");
    await expect(addStock(legacy, "tea", 1)).rejects.toMatchObject({ sqlState: "25006" });

    await commit(candidate, early);
    await addStock(candidate, "tea", 11);
    await putItem(candidate, "tea", "Green tea");
    await putItem(candidate, "pot");
    await reserve(candidate, "tea", 6);
    await untilCaughtUp(world, "candidate");
    expect(await stockOf(legacy, "tea")).toEqual({ available: 100n, expected: 100n });
    expect(await legacy.query("select name from products order by sku")).toEqual([
      { name: "Tea" },
      { name: "Green tea" },
    ]);
    expect(await legacy.query("select state from reservations where order_id = $1", [early])).toEqual([
      { state: "COMMITTED" },
    ]);

    await flipTo(world, "legacy");
    await reserve(legacy, "tea", 7);
    await untilCaughtUp(world, "legacy");
    expect(await stockOf(candidate, "tea")).toEqual({ available: 93n, expected: 93n });
    const { sessions, mapping } = world;
    expect(await verify(sessions, { mapping, source: "legacy" })).toMatchObject({ differences: [], moving: 0 });
  });

  it("is swept by the side that has the writes alone: the other one finds nothing that is overdue", async () => {
    await using world = await openWorld("inventory");
    await putItem(world.owners.legacy, "tea");
    await addStock(world.owners.legacy, "tea", 10);
    await reserve(world.owners.legacy, "tea", 5);
    await world.owners.legacy.query("update reservations set expires_at = now() - interval '1 s'");
    await world.setUp();
    const overdue = `
      select 1 from reservations
      where state = 'RESERVED' and expires_at <= clock_timestamp() and (select is_written_here('inventory'))`;
    await using _mover = world.startMover();
    await untilCaughtUp(world, "legacy");
    const found = async () => [
      (await world.owners.legacy.query(overdue)).length,
      (await world.owners.candidate.query(overdue)).length,
    ];
    expect(await found()).toEqual([1, 0]);
    await flipTo(world, "candidate");
    expect(await found()).toEqual([0, 1]);
  });
});

async function flipTo(world: World, to: "legacy" | "candidate"): Promise<void> {
  await using sessions = await openSessions(world.urls);
  const { mapping, store } = world;
  await flip({ mapping, sessions, store, to, pauseSeconds: 10, by: "test" }, new AbortController().signal);
}
