import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { RoleTakenError } from "../database/single-holder.ts";
import { eventually } from "../testing/eventually.ts";
import { spawnMover } from "../testing/mover-process.ts";
import { createUser, createUsers, renameUser, startWriters, userIds } from "../testing/users.ts";
import { openWorld, type World } from "../testing/world.ts";
import { verify } from "../verify/verify.ts";
import { backfillChunk, readBackfill } from "./backfill.ts";
import { move, type MoverState } from "./move.ts";
import { carryBatch, readLag } from "./outbox.ts";

const forward = { source: "legacy", epoch: 0n } as const;

async function untilCaughtUp({ sessions, mapping }: World): Promise<void> {
  await eventually(async () => {
    const backfill = await readBackfill(sessions.candidate, mapping);
    expect([backfill.every(({ done }) => done), (await readLag(sessions.legacy, mapping)).rows]).toEqual([true, 0]);
  });
}

async function expectEqual({ sessions, mapping }: World): Promise<void> {
  expect(await verify(sessions, { mapping, source: "legacy", settleMs: 0 })).toMatchObject({
    differences: [],
    moving: 0,
  });
}

async function nameOf(world: World, id: string): Promise<string | undefined> {
  const [user] = await world.owners.candidate.query<{ name: string }>("select name from users where id = $1", [id]);
  return user?.name;
}

describe("a mover", () => {
  it("carries what was there, and what writers create and change meanwhile", async () => {
    await using world = await openWorld("user");
    await createUsers(world.owners.legacy, 500);
    await world.setUp();
    const states: MoverState[] = [];
    {
      await using _mover = world.startMover((state) => states.push(state));
      const writers = await startWriters(world, "legacy", 3);
      await sleep(1500);
      await writers[Symbol.asyncDispose]();
      await untilCaughtUp(world);
      const ids = await userIds(world.owners.candidate);
      expect(ids).toEqual(await userIds(world.owners.legacy));
      expect(ids).toEqual(expect.arrayContaining(writers.created));
      expect(ids.length).toBe(500 + writers.created.length);
      expect(writers.created.length).toBeGreaterThan(10);
    }
    await expectEqual(world);
    expect(new Set(states.map(({ tag }) => tag))).toEqual(new Set(["backfilling", "following"]));
  });

  it("goes on where it was after kill -9 at any point, with writers that go on", { timeout: 120_000 }, async () => {
    await using world = await openWorld("user");
    await createUsers(world.owners.legacy, 2000);
    await world.setUp();
    const reached: bigint[] = [];
    {
      await using writers = await startWriters(world, "legacy", 2);
      for (let round = 0; round < 6; round++) {
        await using mover = spawnMover(world, ["run", "user", "--chunk-rows", "20"]);
        await eventually(() => expect(mover.output()).not.toBe(""));
        await sleep(Math.random() * 400);
        mover.kill("SIGKILL");
        expect((await mover.exit).signal).toBe("SIGKILL");
        reached.push((await readBackfill(world.sessions.candidate, world.mapping))[0]?.rows ?? 0n);
      }
      expect(writers.created.length).toBeGreaterThan(10);
    }
    expect(reached).toEqual(reached.toSorted((left, right) => Number(left - right)));
    await using mover = spawnMover(world, ["run", "user"]);
    await untilCaughtUp(world);
    expect(await userIds(world.owners.candidate)).toEqual(await userIds(world.owners.legacy));
    await expectEqual(world);
    mover.kill("SIGINT");
    expect(await mover.exit).toEqual({ code: 0, signal: null });
    expect(mover.output()).toContain("run goes on where this has ended");
  });

  it("misses nothing of a transaction that commits long after others, whose rows came later", async () => {
    await using world = await openWorld("user");
    await world.setUp();
    await using _mover = world.startMover();
    const slow = await world.session("legacy");
    const [late, renamed] = await slow.transaction(async (transaction) => {
      const first = await createUser(transaction, "late");
      const early = await createUser(world.owners.legacy, "early");
      const changed = await createUser(world.owners.legacy, "before");
      await renameUser(transaction, "legacy", changed, "renamed late");
      // Its rows have lower numbers than these, which are carried and gone before it commits.
      await eventually(async () => expect(await nameOf(world, early)).toBe("early"));
      await createUsers(world.owners.legacy, 50);
      await eventually(async () => expect((await userIds(world.owners.candidate)).length).toBe(52));
      return [first, changed];
    });
    await eventually(async () => expect(await nameOf(world, late)).toBe("late"));
    await eventually(async () => expect(await nameOf(world, renamed)).toBe("renamed late"));
    await expectEqual(world);
  });

  it("refuses a second one, and lets it in when the first has ended", async () => {
    await using world = await openWorld("user");
    await world.setUp();
    const { mapping, urls, store } = world;
    const stopping = new AbortController();
    {
      await using _first = world.startMover();
      await eventually(async () => expect((await readBackfill(world.sessions.candidate, mapping))[0]?.done).toBe(true));
      await expect(move({ mapping, urls, store }, stopping.signal)).rejects.toThrow(RoleTakenError);
    }
    const second = move({ mapping, urls, store }, stopping.signal);
    const id = await createUser(world.owners.legacy, "Ada");
    await eventually(async () => expect(await nameOf(world, id)).toBe("Ada"));
    stopping.abort();
    await second;
  });

  it("waits for a database that goes away, and goes on", async () => {
    await using world = await openWorld("user");
    await world.setUp();
    const states: MoverState[] = [];
    await using _mover = world.startMover((state) => states.push(state));
    await eventually(() => expect(states.at(-1)?.tag).toBe("following"));
    await world.postgres.kill("SIGKILL");
    await eventually(() => expect(states.at(-1)?.tag).toBe("waiting"));
    await world.postgres.restart();
    const id = await createUser(await world.session("legacy"), "Ada");
    const reader = await world.session("candidate");
    await eventually(async () => expect(await userIds(reader)).toEqual([id]));
  });
});

describe("what is carried", () => {
  it("never replaces a newer version by an older one", async () => {
    await using world = await openWorld("user");
    await world.setUp();
    const id = await createUser(world.owners.legacy, "first");
    await renameUser(world.owners.legacy, "legacy", id, "second");
    const { sessions, mapping } = world;
    await carryBatch(sessions, { mapping, ...forward });
    // As if the monolith's row had been read before the change and was carried after it.
    await world.owners.legacy.query("update users set name = 'stale', version = 1 where id = $1", [id]);
    await carryBatch(sessions, { mapping, ...forward });
    expect(await nameOf(world, id)).toBe("second");
  });

  it("is refused when its mover has another epoch than the fence, as one that has slept through a flip", async () => {
    await using world = await openWorld("user");
    await world.setUp();
    const id = await createUser(world.owners.legacy);
    const { sessions, mapping } = world;
    const stale = carryBatch(sessions, { mapping, source: "legacy", epoch: 1n });
    await expect(stale).rejects.toMatchObject({ sqlState: "25006" });
    expect(await nameOf(world, id)).toBeUndefined();
    expect(await readLag(sessions.legacy, mapping)).toMatchObject({ rows: 1 });
  });

  it("is carried again, and once only, when the mover dies between writing it and taking it out of the outbox", async () => {
    await using world = await openWorld("user");
    await world.setUp();
    await createUser(world.owners.legacy);
    const { sessions, mapping } = world;
    const dying = { ...sessions.legacy, query: failingAt("delete from", sessions.legacy) };
    await expect(carryBatch({ ...sessions, legacy: dying }, { mapping, ...forward })).rejects.toThrow("killed");
    expect((await readLag(sessions.legacy, mapping)).rows).toBe(1);
    expect(await carryBatch(sessions, { mapping, ...forward })).toBe(1);
    expect(await carryBatch(sessions, { mapping, ...forward })).toBe(0);
    await expectEqual(world);
  });

  it("is at most a chunk, and the next chunk begins where that ended, whoever takes it", async () => {
    await using world = await openWorld("user");
    await createUsers(world.owners.legacy, 25);
    await world.setUp();
    const { sessions, mapping } = world;
    const chunks = [];
    for (let chunk; (chunk = await backfillChunk(sessions, { mapping, epoch: 0n, chunkRows: 10 }));) chunks.push(chunk);
    expect(chunks.map(({ rows, done }) => [rows, done])).toEqual([
      [10n, false],
      [20n, false],
      [25n, true],
    ]);
    expect((await userIds(world.owners.candidate)).length).toBe(25);
  });
});

function failingAt(beginning: string, session: World["sessions"]["legacy"]): typeof session.query {
  return (text, values) =>
    text.startsWith(beginning) ? Promise.reject(new Error("killed")) : session.query(text, values);
}
