import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ListFile } from "./list-file.ts";
import { recordLog } from "./testing/recorded-log.ts";

let parent = "";
let folders = 0;
beforeAll(async () => void (parent = await mkdtemp(join(tmpdir(), "banyan-lists-"))));
afterAll(() => rm(parent, { recursive: true }));

function begin(folder = join(parent, String(folders++), "lists")) {
  const log = recordLog();
  return { folder, log, open: () => new ListFile(folder, "user", log) };
}

const listedAt = new Date("2026-03-01T10:00:00.000Z");
const full = { id: "b", address: "h:2", version: "1", zone: "a", weight: 5, since: "2026-03-01T09:00:00.000Z" };
const list = { listedAt, instances: [{ id: "a", address: "h:1" }, full] };

describe("ListFile", () => {
  it("reads what another process has saved", async () => {
    const { folder, open, log } = begin();
    {
      await using file = open();
      file.save(list);
    }
    expect(open().read()).toEqual(list);
    expect(await readdir(folder)).toEqual(["user.json"]);
    expect((await stat(join(folder, "user.json"))).mode & 0o777).toBe(0o600);
    expect(log.lines).toEqual([]);
  });

  it("has none in the beginning, which is no trouble", () => {
    const { open, log } = begin();
    expect(open().read()).toBeUndefined();
    expect(log.lines).toEqual([]);
  });

  it("writes the last of several lists, and is done when it is disposed of", async () => {
    const { open } = begin();
    {
      await using file = open();
      for (const weight of [1, 2, 3]) file.save({ listedAt, instances: [{ ...full, weight }] });
    }
    expect(open().read()?.instances).toEqual([{ ...full, weight: 3 }]);
  });

  it.each([
    ["half a file", '{"listedAt":"2026-'],
    ["a file of others", "{}"],
    ["an address that cannot be dialled", JSON.stringify({ listedAt, instances: [{ id: "a", address: "nowhere" }] })],
    ["a date that is none", JSON.stringify({ listedAt: "yesterday", instances: [] })],
  ])("does without %s, and says so", async (_what, content) => {
    const { folder, open, log } = begin(await mkdtemp(join(parent, "broken-")));
    await writeFile(join(folder, "user.json"), content);
    expect(open().read()).toBeUndefined();
    expect(log.lines).toMatchObject([{ level: "warn", message: expect.stringContaining("cannot read") }]);
  });

  it("warns once of a folder that cannot be written, and goes on", async () => {
    const path = join(parent, "file");
    await writeFile(path, "in the way");
    const { open, log } = begin(path);
    {
      await using file = open();
      file.save(list);
      file.save(list);
    }
    expect(log.lines).toMatchObject([{ level: "warn", message: expect.stringContaining("cannot write") }]);
    expect(await readFile(path, "utf8")).toBe("in the way");
  });
});
