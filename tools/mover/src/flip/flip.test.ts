import { setTimeout as sleep } from "node:timers/promises";
import type { Side, TrafficRule } from "@banyan/strangler";
import { describe, expect, it } from "vitest";
import { openSessions } from "../database/session.ts";
import { RoleTakenError, takeRole } from "../database/single-holder.ts";
import { readFences } from "../fence/fence.ts";
import { readBackfill } from "../move/backfill.ts";
import { eventually } from "../testing/eventually.ts";
import { openEtcdWorld } from "../testing/split-world.ts";
import { createUser, createUsers, startWriters, userIds } from "../testing/users.ts";
import { openWorld, type World } from "../testing/world.ts";
import { endNoting } from "../verify/noting.ts";
import { verify } from "../verify/verify.ts";
import { flip } from "./flip.ts";
import { FlipUndoneError } from "./flip-options.ts";

const never = new AbortController().signal;

async function flipTo(world: World, to: Side, pauseSeconds = 10, onStep?: (line: string) => void) {
  await using sessions = await openSessions(world.urls);
  const { mapping, store } = world;
  return await flip({ mapping, sessions, store, to, pauseSeconds, by: "test", ...(onStep && { onStep }) }, never);
}

/** Who takes writes by each fence, and by the rule. */
async function owners(world: World) {
  const { legacy, candidate } = await readFences(world.sessions, world.mapping);
  const writes = (await world.store.read("user"))?.rule.writes;
  return { legacy: legacy.here, candidate: candidate.here, rule: writes?.owner, paused: writes?.pause !== undefined };
}

const withLegacy = { legacy: true, candidate: false, rule: "legacy", paused: false };
const withCandidate = { legacy: false, candidate: true, rule: "candidate", paused: false };

async function untilFilled(world: World): Promise<void> {
  await eventually(async () => {
    const backfill = await readBackfill(world.sessions.candidate, world.mapping);
    expect(backfill.map(({ done }) => done)).toEqual([true]);
  });
}

describe("flip", () => {
  it(
    "hands the writes over under load and back, with no call failed and stale writers refused",
    { timeout: 120_000 },
    async () => {
      await using etcd = await openEtcdWorld();
      const { world } = etcd;
      await createUsers(world.owners.legacy, 200);
      await world.setUp();
      await using doors = new AsyncDisposableStack();
      const opened = [doors.use(await etcd.openDoor("one")), doors.use(await etcd.openDoor("two"))];
      await using _mover = world.startMover();
      await untilFilled(world);

      const created: string[] = [];
      const stopping = new AbortController();
      const failures: unknown[] = [];
      const calling = Promise.all(
        opened.flatMap(({ users }) =>
          [1, 2].map(async () => {
            while (!stopping.signal.aborted) {
              const { userId } = await users.createUser({ name: "Ada", email: "", password: "" });
              created.push(userId);
              expect((await users.getUser({ userId })).name).toBe("Ada");
              await sleep(5);
            }
          }),
        ),
      );
      calling.catch((failure: unknown) => failures.push(failure));
      const stale = await startWriters(world, "legacy", 1);
      await sleep(300);

      expect(await flipTo(world, "candidate")).toMatchObject({ tag: "flipped", epoch: 1n });
      expect(await owners(world)).toEqual(withCandidate);
      await eventually(() => expect(stale.refused()).toBeGreaterThan(0));
      expect(failures).toEqual([]);
      const staleBefore = stale.created.length;
      const before = created.length;
      await eventually(() => expect([failures, created.length > before + 10]).toEqual([[], true]));
      expect(stale.created.length).toBe(staleBefore);
      await stale[Symbol.asyncDispose]();

      expect(await flipTo(world, "legacy")).toMatchObject({ tag: "flipped", epoch: 2n });
      expect(await owners(world)).toEqual(withLegacy);
      await sleep(200);
      stopping.abort();
      await calling;

      const all = [...created, ...stale.created];
      await eventually(async () => expect((await userIds(world.owners.candidate)).length).toBe(200 + all.length));
      const [legacy, candidate] = [await userIds(world.owners.legacy), await userIds(world.owners.candidate)];
      expect(legacy).toEqual(candidate);
      expect(legacy).toEqual(expect.arrayContaining(all));
      const { mapping, sessions } = world;
      expect(await verify(sessions, { mapping, source: "legacy" })).toMatchObject({ differences: [], moving: 0 });
      expect((await world.store.listHistory("user")).map(({ what }) => what)).toEqual(["flip", "flip back"]);
    },
  );

  it("compares while writes are held what has changed since all was compared; all, where that was not noted", async () => {
    await using world = await openFilledWorld();
    const changing: Promise<unknown>[] = [];
    const steps = async (to: Side, meanwhile: () => Promise<unknown>): Promise<string[]> => {
      const lines: string[] = [];
      await flipTo(world, to, 10, (line) => {
        lines.push(line);
        if (line.includes("were compared before")) changing.push(meanwhile());
      });
      await Promise.all(changing);
      return lines;
    };
    expect(await steps("candidate", () => createUser(world.owners.legacy))).toEqual(
      expect.arrayContaining([
        "10 entities were compared before",
        "1 entities that have changed since are the same on both sides",
      ]),
    );
    const { candidate } = world.sessions;
    expect(await steps("legacy", () => endNoting(candidate, world.mapping))).toContain(
      "11 entities are the same on both sides",
    );
  });

  it("carries what waits by itself when no mover runs, and has nothing to do the second time", async () => {
    await using world = await openFilledWorld();
    const id = await createUser(world.owners.legacy);
    expect(await flipTo(world, "candidate")).toMatchObject({ tag: "flipped", epoch: 1n });
    expect(await userIds(world.owners.candidate)).toContain(id);
    expect(await flipTo(world, "candidate")).toMatchObject({ tag: "was", epoch: 1n });
  });

  it("is refused before anybody waits when the backfill is not done, or the sides differ", async () => {
    await using world = await openWorld("user");
    await createUsers(world.owners.legacy, 10);
    await world.setUp();
    await expect(flipTo(world, "candidate")).rejects.toThrow(
      "the backfill of user is not done: let the mover run until it is",
    );
    await fill(world);
    await using admin = await openSessions(world.adminUrls);
    await admin.candidate.query("set session_replication_role = replica");
    await admin.candidate.query("update users set name = 'other' where id = (select min(id::text)::uuid from users)");
    await expect(flipTo(world, "candidate")).rejects.toThrow(/^1 of 10 entities differ/);
    expect(await owners(world)).toEqual(withLegacy);
    expect(await world.store.listHistory("user")).toEqual([]);
  });

  it("is undone when a transaction does not end, and writes go on where they were", async () => {
    await using world = await openFilledWorld();
    const slow = await world.session("legacy");
    await slow.transaction(async (transaction) => {
      await createUser(transaction);
      const undone = flipTo(world, "candidate", 3);
      await expect(undone).rejects.toThrow(/^writes of user stay with the legacy: .*lock timeout/);
      await expect(undone).rejects.toThrow(FlipUndoneError);
    });
    expect(await owners(world)).toEqual(withLegacy);
    await createUser(world.owners.legacy);
    expect((await world.store.listHistory("user")).map(({ what }) => what)).toEqual(["flip undone"]);
    expect(await flipTo(world, "candidate")).toMatchObject({ tag: "flipped" });
  });

  it("is undone when somebody changes the rule meanwhile, and leaves that change", async () => {
    await using world = await openFilledWorld();
    const changing: Promise<void>[] = [];
    const undone = flipTo(world, "candidate", 10, (line) => {
      if (line.includes("takes no writes")) changing.push(setRule(world, { mode: "split", percent: 7 }));
    });
    await expect(undone).rejects.toThrow(
      "writes of user stay with the legacy: somebody else has changed the rule meanwhile",
    );
    await Promise.all(changing);
    expect(await owners(world)).toEqual(withLegacy);
    expect((await world.store.read("user"))?.rule).toMatchObject({ mode: "split", percent: 7 });
  });

  it("is refused while another one is under way", async () => {
    await using world = await openFilledWorld();
    await using other = await openSessions(world.urls);
    await takeRole(other.candidate, world.mapping, "flip", 0);
    await expect(flipTo(world, "candidate")).rejects.toThrow(RoleTakenError);
    expect(await owners(world)).toEqual(withLegacy);
  });
});

/** As somebody does who knows nothing of the flip. */
async function setRule({ store }: World, change: Pick<TrafficRule, "mode" | "percent">): Promise<void> {
  const stored = await store.read("user");
  if (stored === undefined) throw new Error("there is a rule");
  await store.write("user", { ...stored.rule, ...change }, stored.revision);
}

async function fill(world: World): Promise<void> {
  await using _mover = world.startMover();
  await untilFilled(world);
}

async function openFilledWorld(): Promise<World> {
  const world = await openWorld("user");
  await createUsers(world.owners.legacy, 10);
  await world.setUp();
  await fill(world);
  return world;
}
