import { describe, expect, it } from "vitest";
import { openSessions } from "../database/session.ts";
import { readLag } from "../move/outbox.ts";
import { createUser, userIds } from "../testing/users.ts";
import { openWorld } from "../testing/world.ts";
import { tearDown } from "./tear-down.ts";

describe("setUp", () => {
  it("can be run again, and leaves the writes, and what waits, where they are", async () => {
    await using world = await openWorld("user");
    await world.setUp();
    await createUser(world.owners.legacy);
    await world.setUp();
    await createUser(world.owners.legacy);
    expect(await readLag(world.sessions.legacy, world.mapping)).toMatchObject({ rows: 2 });
    expect((await world.store.read("user"))?.rule).toMatchObject({ mode: "off", readMissFallback: true });
  });

  it("makes the candidate refuse what the service writes, as a read-only database does", async () => {
    await using world = await openWorld("user");
    await world.setUp();
    const refused = createUser(world.owners.candidate);
    await expect(refused).rejects.toMatchObject({ sqlState: "25006", message: /another database since epoch 0/ });
    expect(await userIds(world.owners.candidate)).toEqual([]);
  });

  it("refuses deletions and changes of keys, which nobody would carry", async () => {
    await using world = await openWorld("user");
    await world.setUp();
    const { legacy } = world.owners;
    const id = await createUser(legacy);
    for (const change of ["delete from users", "truncate users", "update users set id = gen_random_uuid()"]) {
      await expect(legacy.query(change), change).rejects.toMatchObject({ sqlState: "0A000" });
    }
    expect(await userIds(legacy)).toEqual([id]);
  });

  it("gives the mover the tables of the mapping and no others, and no writes without the epoch", async () => {
    await using world = await openWorld("user");
    await world.setUp();
    for (const read of ["orders", "products", "migrations"]) {
      await expect(world.sessions.legacy.query(`select 1 from ${read}`), read).rejects.toMatchObject({
        sqlState: "42501",
      });
    }
    for (const write of ["update write_fences set epoch = 9", "create table mine (id int)", "delete from users"]) {
      await expect(world.sessions.candidate.query(write), write).rejects.toMatchObject({ sqlState: "42501" });
    }
    for (const session of [world.sessions.legacy, world.sessions.candidate]) {
      await expect(createUser(session)).rejects.toMatchObject({ sqlState: "25006" });
    }
  });

  it("names the table that is missing", async () => {
    await using world = await openWorld("user");
    await world.owners.candidate.query("alter table users rename to people");
    await expect(world.setUp()).rejects.toThrow(/^candidate database user_service as postgres: there is no users: run/);
  });

  it("is not stopped by a writer that holds a table for a while", async () => {
    await using world = await openWorld("user");
    const writer = await world.session("legacy");
    const setup = await writer.transaction(async (transaction) => {
      await createUser(transaction);
      const running = world.setUp();
      await new Promise((resolve) => setTimeout(resolve, 2500)); // longer than the setup waits at once
      return { running };
    });
    await setup.running;
    await createUser(world.owners.legacy);
    expect((await readLag(world.sessions.legacy, world.mapping)).rows).toBe(1);
  });
});

describe("tearDown", () => {
  it("frees the side that has the writes, and leaves the other one closed; setUp brings all back", async () => {
    await using world = await openWorld("user");
    await world.setUp();
    await using admin = await openSessions(world.adminUrls);
    for (const _twice of [1, 2]) await tearDown({ mapping: world.mapping, admin, role: "mover" });
    const { legacy, candidate } = world.owners;
    const id = await createUser(legacy);
    await legacy.query("delete from users where id = $1", [id]);
    await expect(createUser(candidate)).rejects.toMatchObject({ sqlState: "25006" });
    await expect(userIds(world.sessions.legacy)).rejects.toMatchObject({ sqlState: "42501" });
    await world.setUp();
    await createUser(legacy);
    expect((await readLag(world.sessions.legacy, world.mapping)).rows).toBe(1);
  });
});
