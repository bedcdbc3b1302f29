import { randomUUIDv7 } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { openSessions } from "../database/session.ts";
import { eventually } from "../testing/eventually.ts";
import { createUser, createUsers, renameUser, userIds } from "../testing/users.ts";
import { openWorld, type World } from "../testing/world.ts";
import { readLag } from "../move/outbox.ts";
import { verify } from "./verify.ts";

/** Both sides with the same users; a mover has carried them and is gone. */
async function openEqualWorld(users: number): Promise<World> {
  const world = await openWorld("user");
  await createUsers(world.owners.legacy, users);
  await world.setUp();
  await using _mover = world.startMover();
  await eventually(async () => expect((await userIds(world.owners.candidate)).length).toBe(users));
  return world;
}

/** Changes something behind the fences. */
async function behind(world: World, side: "legacy" | "candidate", statement: string, values: readonly unknown[] = []) {
  await using admin = await openSessions(world.adminUrls);
  await admin[side].query("set session_replication_role = replica");
  await admin[side].query(statement, values);
}

const quick = { source: "legacy", settleMs: 0, rangeRows: 200 } as const;

describe("verify", () => {
  it("finds the planted differences among many, names them, and nothing else", async () => {
    await using world = await openEqualWorld(1000);
    const { sessions, mapping } = world;
    expect(await verify(sessions, { mapping, ...quick })).toEqual({
      compared: 1000,
      differences: [],
      moving: 0,
      isCut: false,
    });
    const ids = await userIds(world.owners.legacy);
    const [missing = "", changed = "", surplus = randomUUIDv7()] = [ids[0], ids[500]];
    await behind(world, "candidate", "delete from users where id = $1", [missing]);
    await behind(world, "candidate", "update users set password_hash = 'other' where id = $1", [changed]);
    const insert = "insert into users (id, email, email_key, name, password_hash) values ($1, 'a', 'a', 'a', 'a')";
    await behind(world, "candidate", insert, [surplus]);
    const { differences } = await verify(sessions, { mapping, ...quick });
    expect(new Set(differences)).toEqual(
      new Set([
        { entity: "user", key: missing, what: "only legacy has it" },
        { entity: "user", key: changed, what: "they differ" },
        { entity: "user", key: surplus, what: "only candidate has it" },
      ]),
    );
  });

  it("ends at 100 differences, and says so", async () => {
    await using world = await openEqualWorld(300);
    await behind(world, "candidate", "update users set name = 'other'");
    const { differences, isCut } = await verify(world.sessions, { mapping: world.mapping, ...quick });
    expect([differences.length, isCut]).toEqual([100, true]);
  });

  it("waits for what is on its way, and does not take it for a difference", async () => {
    await using world = await openEqualWorld(10);
    const { sessions, mapping } = world;
    const id = await createUser(world.owners.legacy);
    const verifying = verify(sessions, { mapping, source: "legacy", settleMs: 30_000 });
    await sleep(500);
    await using _mover = world.startMover();
    expect(await verifying).toMatchObject({ compared: 11, differences: [] });
    expect(await userIds(world.owners.candidate)).toContain(id);
  });

  it("calls what is changed all the while moving, and not different", async () => {
    await using world = await openEqualWorld(10);
    const [hot = ""] = await userIds(world.owners.legacy);
    const stopping = new AbortController();
    const writing = (async () => {
      const writer = await world.session("legacy");
      for (let version = 0; !stopping.signal.aborted; version++)
        await renameUser(writer, "legacy", hot, `name ${version}`);
    })();
    await using _mover = world.startMover();
    await eventually(async () => expect((await readLag(world.sessions.legacy, world.mapping)).rows).toBeGreaterThan(0));
    const verification = await verify(world.sessions, { mapping: world.mapping, source: "legacy", settleMs: 1000 });
    stopping.abort();
    await writing;
    expect(verification.differences).toEqual([]);
  });
});
