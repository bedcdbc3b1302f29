import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { startModule } from "../testing/child.ts";
import { hasEnded } from "../testing/ending.ts";
import { type Postgres, startPostgres } from "./start.ts";

/** Runs one statement on a connection of its own, and gives the first column of its first row. */
async function ask(url: string, sql: string): Promise<unknown> {
  const client = new Client({ connectionString: url });
  client.on("error", () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<unknown[]>({ text: sql, rowMode: "array" });
    return rows[0]?.[0];
  } finally {
    await client.end();
  }
}

const runFolderOf = (url: string): string => new URL(url).searchParams.get("host") ?? "";

describe("createDatabase", () => {
  let postgres: Postgres;
  beforeAll(async () => void (postgres = await startPostgres()));
  afterAll(() => postgres[Symbol.asyncDispose]());

  it("makes a database that its role owns, whose name may be a reserved word", async () => {
    const url = await postgres.createDatabase("user");
    expect(await ask(url, "SELECT current_user || ' in ' || current_database()")).toBe("user in user");
    await ask(url, "CREATE TABLE users (id int PRIMARY KEY)");
  });

  it("keeps a database that exists, with its data, and gives the same URL", async () => {
    const url = await postgres.createDatabase("kept");
    await ask(url, "CREATE TABLE t AS SELECT 42 AS answer");
    expect(await postgres.createDatabase("kept")).toBe(url);
    expect(await ask(url, "SELECT answer FROM t")).toBe(42);
  });

  it("may be asked for the same database by several at once", async () => {
    const urls = await Promise.all(Array.from({ length: 4 }, () => postgres.createDatabase("popular")));
    expect(new Set(urls).size).toBe(1);
  });

  it("keeps a role out of every database but its own", async () => {
    const own = await postgres.createDatabase("own_service");
    await postgres.createDatabase("other_service");
    for (const other of ["other_service", "postgres", "template1"]) {
      const url = new URL(own);
      url.pathname = other;
      await expect(ask(url.href, "SELECT 1")).rejects.toThrow(`permission denied for database "${other}"`);
    }
  });

  it.each(["", "User", "1st", "a-b", `a"; DROP TABLE x; --`, "a".repeat(64)])("refuses the name %j", async (name) => {
    await expect(postgres.createDatabase(name)).rejects.toThrow("cannot name a database");
  });

  it("lowers letters beyond ASCII, which unique emails rest on", async () => {
    expect(await ask(await postgres.createDatabase("letters"), "SELECT lower('ÉCOLE@EXAMPLE.COM')")).toBe(
      "école@example.com",
    );
  });
});

describe("startPostgres", () => {
  let dataFolder: string;
  beforeAll(async () => void (dataFolder = await realpath(await mkdtemp(join(tmpdir(), "banyan postgres-")))));
  afterAll(() => rm(dataFolder, { recursive: true }));

  it("listens on a unix socket alone, and leaves nothing behind", async () => {
    const postgres = await startPostgres();
    expect(postgres.version).toMatch(/^\d+\.\d+/);
    expect(await ask(postgres.adminUrl, "SHOW listen_addresses")).toBe("");
    await postgres[Symbol.asyncDispose]();
    expect(await hasEnded(postgres.pid)).toBe(true);
    expect(existsSync(runFolderOf(postgres.adminUrl))).toBe(false);
  });

  it("recovers what was committed after SIGKILL, at the same URL", async () => {
    await using postgres = await startPostgres();
    const url = await postgres.createDatabase("survivor");
    await ask(url, "CREATE TABLE t AS SELECT 7 AS n");
    await postgres.kill("SIGKILL");
    await expect(ask(url, "SELECT 1")).rejects.toThrow(/ENOENT|ECONNREFUSED/);
    await postgres.restart();
    expect(await ask(url, "SELECT n FROM t")).toBe(7);
  });

  it("keeps its data in a data folder, synced to the disk, from one start to the next", async () => {
    {
      await using first = await startPostgres({ dataFolder });
      expect(await ask(first.adminUrl, "SHOW fsync")).toBe("on");
      await ask(await first.createDatabase("kept"), "CREATE TABLE t AS SELECT 1 AS n");
    }
    await using second = await startPostgres({ dataFolder });
    expect(await ask(await second.createDatabase("kept"), "SELECT n FROM t")).toBe(1);
  });

  it("refuses a data folder that is in use", async () => {
    await using _postgres = await startPostgres({ dataFolder });
    await expect(startPostgres({ dataFolder })).rejects.toThrow(`another process runs PostgreSQL in ${dataFolder}`);
  });

  it("starts although its mark names a process that is somebody else's by now", async () => {
    await (await startPostgres({ dataFolder }))[Symbol.asyncDispose]();
    const bystander = spawn("sleep", ["60"]);
    const mark = [bystander.pid, join(dataFolder, "data"), 0, 5432, "", "", ""].join("\n");
    await writeFile(join(dataFolder, "data", "postmaster.pid"), mark);
    await using _postgres = await startPostgres({ dataFolder });
    expect(await hasEnded(bystander.pid ?? 0)).toBe(false);
    bystander.kill("SIGKILL");
  });

  it("ends with the process that started it, killed by SIGKILL, and what it left is taken over", async () => {
    await using starter = startModule(`
      import { startPostgres } from ${JSON.stringify(join(import.meta.dirname, "start.ts"))};
      const { pid, adminUrl } = await startPostgres({ dataFolder: ${JSON.stringify(dataFolder)} });
      console.log(JSON.stringify({ pid, adminUrl }));`);
    const [pid, adminUrl] = Object.values<unknown>(JSON.parse(await starter.line("{")));
    starter.process.kill("SIGKILL");
    await starter.ended;
    await using _next = await startPostgres({ dataFolder });
    expect(await hasEnded(Number(pid))).toBe(true);
    await vi.waitFor(() => expect(existsSync(runFolderOf(String(adminUrl)))).toBe(false), 10_000);
  });
});
