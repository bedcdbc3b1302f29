import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { createUser, userIds } from "../testing/users.ts";
import { openWorld } from "../testing/world.ts";
import { keepClosed, readFences, reopen, sourceOf, turnFence, type Fence } from "./fence.ts";

const open: Fence = { here: true, epoch: 1n, closed: "not" };
const closed = (epoch: bigint): Fence => {
  return { here: false, epoch, closed: "for good" };
};

describe("sourceOf", () => {
  it.each([
    [{ legacy: open, candidate: closed(1n) }, "legacy"],
    [{ legacy: closed(9n), candidate: open }, "candidate"],
    [{ legacy: closed(2n), candidate: closed(1n) }, "legacy"],
    [{ legacy: closed(2n), candidate: closed(3n) }, "candidate"],
  ] as const)("of %o is the %s", (fences, source) => {
    expect(sourceOf(fences)).toBe(source);
  });

  it("is nobody when both take writes, which only a person can have done", () => {
    expect(() => sourceOf({ legacy: open, candidate: open })).toThrow(/^both databases take the writes: close one/);
  });
});

describe("a fence", () => {
  it("is closed after the transactions that have written, and before those that come", async () => {
    await using world = await openWorld("user");
    await world.setUp();
    const { sessions, mapping, owners } = world;
    const writer = await world.session("legacy");
    const order: string[] = [];
    const late = await writer.transaction(async (transaction) => {
      await createUser(transaction);
      const closing = turnFence(sessions.legacy, mapping, { expected: 0n, next: 1n, here: false });
      const turned = closing.then((done) => order.push(`closed ${done}`));
      await sleep(200);
      const refused = createUser(owners.legacy).catch((error: unknown) => order.push(`refused ${String(error)}`));
      await sleep(200);
      order.push("commits");
      return { settled: Promise.all([turned, refused]) };
    });
    await late.settled;
    expect(order.toSorted()).toEqual(["closed true", "commits", expect.stringMatching(/^refused .*another database/)]);
    expect(order[0]).toBe("commits");
    expect((await userIds(owners.legacy)).length).toBe(1);
  });

  it("refuses also a transaction whose snapshot is of the time before", async () => {
    await using world = await openWorld("user");
    await world.setUp();
    const { sessions, mapping } = world;
    const writer = await world.session("legacy");
    await writer.query("begin isolation level repeatable read");
    await writer.query("select count(*) from users");
    await turnFence(sessions.legacy, mapping, { expected: 0n, next: 1n, here: false });
    await expect(createUser(writer)).rejects.toMatchObject({ sqlState: "40001" });
    await writer.query("rollback");
  });

  it("is turned by whoever has seen it as it is, and by nobody else", async () => {
    await using world = await openWorld("user");
    await world.setUp();
    const { sessions, mapping } = world;
    const turn = { expected: 0n, next: 1n, here: false };
    expect(await turnFence(sessions.legacy, mapping, turn)).toBe(true);
    expect(await turnFence(sessions.legacy, mapping, turn)).toBe(false);
    expect(await turnFence(sessions.legacy, mapping, { expected: 1n, next: 0n, here: true })).toBe(false);
    expect((await readFences(sessions, mapping)).legacy).toEqual({ here: false, epoch: 1n, closed: "for good" });
  });

  it("is opened again by a flip that failed when it was closed for a time, and never when for good", async () => {
    await using world = await openWorld("user");
    await world.setUp();
    const { sessions, mapping } = world;
    await turnFence(sessions.legacy, mapping, { expected: 0n, next: 1n, here: false, reopensAfter: 30 });
    expect(await reopen(sessions.legacy, mapping, 1n)).toBe(true);
    await turnFence(sessions.legacy, mapping, { expected: 1n, next: 2n, here: false, reopensAfter: 30 });
    expect(await keepClosed(sessions.legacy, mapping, 2n)).toBe(true);
    expect(await reopen(sessions.legacy, mapping, 2n)).toBe(false);
    await expect(createUser(world.owners.legacy)).rejects.toMatchObject({ sqlState: "25006" });
  });
});
