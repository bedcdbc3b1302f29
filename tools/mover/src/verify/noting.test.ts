import { describe, expect, it } from "vitest";
import { openSessions } from "../database/session.ts";
import { tryCarry } from "../flip/carry-all.ts";
import { readBackfill } from "../move/backfill.ts";
import { eventually } from "../testing/eventually.ts";
import { createUser, createUsers } from "../testing/users.ts";
import { openWorld, type World } from "../testing/world.ts";
import { beginNoting, endNoting, readNoted } from "./noting.ts";
import { verifyKeys } from "./verify.ts";

async function openFilledWorld(): Promise<World> {
  const world = await openWorld("user");
  await createUsers(world.owners.legacy, 10);
  await world.setUp();
  await using _mover = world.startMover();
  await eventually(async () =>
    expect((await readBackfill(world.sessions.candidate, world.mapping))[0]?.done).toBe(true),
  );
  return world;
}

describe("a noting", () => {
  it("has what has left the outbox since, once, and nothing of before", async () => {
    await using world = await openFilledWorld();
    const { sessions, mapping, owners } = world;
    await createUser(owners.legacy);
    await tryCarry({ mapping, sessions }, "legacy");
    const noting = await beginNoting(sessions.legacy, mapping);
    expect(await readNoted(sessions.legacy, mapping, noting)).toEqual(new Map());

    const id = await createUser(owners.legacy);
    expect(await readNoted(sessions.legacy, mapping, noting)).toEqual(new Map());
    await tryCarry({ mapping, sessions }, "legacy");
    await owners.legacy.query("update users set name = 'Grace' where id = $1", [id]);
    await tryCarry({ mapping, sessions }, "legacy");
    expect(await readNoted(sessions.legacy, mapping, noting)).toEqual(new Map([["user", [id]]]));
  });

  it("is over when it is ended, and when another one begins", async () => {
    await using world = await openFilledWorld();
    const { sessions, mapping } = world;
    const first = await beginNoting(sessions.legacy, mapping);
    const second = await beginNoting(sessions.legacy, mapping);
    expect(await readNoted(sessions.legacy, mapping, first)).toBeUndefined();
    await endNoting(sessions.legacy, mapping);
    expect(await readNoted(sessions.legacy, mapping, second)).toBeUndefined();
  });

  it("and is over by itself, for one that was killed", async () => {
    await using world = await openFilledWorld();
    const { sessions, mapping } = world;
    const noting = await beginNoting(sessions.legacy, mapping);
    await using admin = await openSessions(world.adminUrls);
    await admin.legacy.query("update strangling_user.noting set until = until - interval '6 hours'");
    expect(await readNoted(sessions.legacy, mapping, noting)).toBeUndefined();
    await createUser(world.owners.legacy);
    await tryCarry({ mapping, sessions }, "legacy");
    expect(await admin.legacy.query("select from strangling_user.changed")).toEqual([]);
  });
});

describe("verifyKeys", () => {
  it("finds what differs among the keys, and looks at no others", async () => {
    await using world = await openFilledWorld();
    const { sessions, mapping } = world;
    const rows = await sessions.legacy.query<{ readonly id: string }>("select id::text from users order by id");
    const ids = rows.map(({ id }) => id);
    const [changed = "", missing = "", unseen = ""] = ids;
    await using admin = await openSessions(world.adminUrls);
    await admin.candidate.query("set session_replication_role = replica");
    await admin.candidate.query("update users set name = 'other' where id = any($1)", [[changed, unseen]]);
    await admin.candidate.query("delete from users where id = $1", [missing]);
    const keys = new Map([["user", ids.filter((id) => id !== unseen)]]);
    expect(await verifyKeys(sessions, { mapping, keys })).toEqual({
      compared: 9,
      differences: [
        { entity: "user", key: changed, what: "they differ" },
        { entity: "user", key: missing, what: "only legacy has it" },
      ],
      moving: 0,
      isCut: false,
    });
  });
});
