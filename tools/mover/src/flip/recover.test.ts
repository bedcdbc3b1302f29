import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { openSessions } from "../database/session.ts";
import { takeRole } from "../database/single-holder.ts";
import { keepClosed, readFences, turnFence } from "../fence/fence.ts";
import { readBackfill } from "../move/backfill.ts";
import { eventually } from "../testing/eventually.ts";
import { spawnMover } from "../testing/mover-process.ts";
import { openEtcdWorld, type EtcdWorld } from "../testing/split-world.ts";
import { createUser, createUsers, startWriters, userIds } from "../testing/users.ts";
import type { World } from "../testing/world.ts";
import { verify } from "../verify/verify.ts";

async function openFilledWorld(): Promise<EtcdWorld> {
  const etcd = await openEtcdWorld();
  const { world } = etcd;
  await createUsers(world.owners.legacy, 50);
  await world.setUp();
  await using _mover = world.startMover();
  await eventually(async () =>
    expect((await readBackfill(world.sessions.candidate, world.mapping))[0]?.done).toBe(true),
  );
  return etcd;
}

async function isOpen(world: World) {
  const { legacy, candidate } = await readFences(world.sessions, world.mapping);
  return { legacy: legacy.here, candidate: candidate.here };
}

describe("a flip that was killed", () => {
  it.each(["writes are held", "takes no writes any more", "the lag is zero", "are the same on both sides"])(
    "with -9 after it has said %j leaves one owner, and the next run ends or repeats it",
    { timeout: 90_000 },
    async (line) => {
      await using etcd = await openFilledWorld();
      const { world } = etcd;
      await using legacyWriters = await startWriters(world, "legacy", 1);
      await using candidateWriters = await startWriters(world, "candidate", 1);
      {
        await using killed = spawnMover(world, ["flip", "user", "--pause-seconds", "6"], etcd.etcdEndpoint);
        await eventually(() => expect(killed.output()).toContain(line));
        killed.kill("SIGKILL");
        await killed.exit;
      }
      const open = await isOpen(world);
      expect(open.legacy && open.candidate).toBe(false);
      await using again = spawnMover(world, ["flip", "user", "--pause-seconds", "10"], etcd.etcdEndpoint);
      expect([await again.exit, again.output()]).toEqual([
        { code: 0, signal: null },
        expect.stringContaining("the candidate has"),
      ]);
      expect(await isOpen(world)).toEqual({ legacy: false, candidate: true });
      expect((await world.store.read("user"))?.rule.writes).toEqual({ owner: "candidate", epoch: expect.any(Number) });

      await eventually(() => expect(candidateWriters.created.length).toBeGreaterThan(0));
      await using _mover = world.startMover();
      await candidateWriters[Symbol.asyncDispose]();
      await legacyWriters[Symbol.asyncDispose]();
      const { sessions, mapping } = world;
      expect(await verify(sessions, { mapping, source: "candidate" })).toMatchObject({ differences: [], moving: 0 });
      const ids = await userIds(world.owners.candidate);
      expect(ids.length).toBe(50 + legacyWriters.created.length + candidateWriters.created.length);
    },
  );

  it("gives the writes back by itself when nobody comes", { timeout: 60_000 }, async () => {
    await using etcd = await openFilledWorld();
    const { world } = etcd;
    // A mover that hangs: what comes now is not carried, and the flip waits for it.
    await using hanging = await openSessions(world.urls);
    await takeRole(hanging.candidate, world.mapping, "move", 5000);
    await using killed = spawnMover(world, ["flip", "user", "--pause-seconds", "6"], etcd.etcdEndpoint);
    await eventually(() => expect(killed.output()).toContain("writes are held"));
    await createUser(world.owners.legacy);
    await eventually(() => expect(killed.output()).toContain("takes no writes any more"));
    await expect(createUser(world.owners.legacy)).rejects.toMatchObject({ sqlState: "25006" });
    killed.kill("SIGKILL");
    await killed.exit;
    expect(killed.output()).not.toContain("the lag is zero");
    await eventually(() => createUser(world.owners.legacy));
    expect(await isOpen(world)).toEqual({ legacy: true, candidate: false });
  });

  it.each(["before", "after"])(
    "after its decision, %s the new owner is open, is ended by a mover that runs",
    async (when) => {
      await using etcd = await openFilledWorld();
      const { world } = etcd;
      const { sessions, mapping } = world;
      const closed = { expected: 0n, next: 1n, here: false, reopensAfter: 30 };
      expect(await turnFence(sessions.legacy, mapping, closed)).toBe(true);
      expect(await keepClosed(sessions.legacy, mapping, 1n)).toBe(true);
      if (when === "after") {
        expect(await turnFence(sessions.candidate, mapping, { expected: 0n, next: 1n, here: true })).toBe(true);
      }
      await expect(createUser(world.owners.legacy)).rejects.toMatchObject({ sqlState: "25006" });
      await using _mover = world.startMover();
      await eventually(async () => {
        expect((await world.store.read("user"))?.rule.writes).toEqual({ owner: "candidate", epoch: 1 });
      });
      expect(await isOpen(world)).toEqual({ legacy: false, candidate: true });
      await createUser(world.owners.candidate);
      await eventually(async () => {
        expect((await world.store.listHistory("user")).map(({ what }) => what)).toEqual(["flip ended"]);
      });
    },
  );
});

describe("a fence that was closed for a time", () => {
  it("cannot be kept closed when that is over: whoever was asleep does not take the writes away any more", async () => {
    await using etcd = await openFilledWorld();
    const { world } = etcd;
    const { sessions, mapping } = world;
    await turnFence(sessions.legacy, mapping, { expected: 0n, next: 1n, here: false, reopensAfter: 0.1 });
    await sleep(300);
    expect(await keepClosed(sessions.legacy, mapping, 1n)).toBe(false);
    await createUser(world.owners.legacy);
  });
});
