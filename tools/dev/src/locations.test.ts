import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { cacheFolder, checkoutHash, controlFolder, makeReachable, socketBase, stateFolder } from "./locations.ts";

const ada = { uid: 1000, home: "/home/ada", temporary: "/tmp", env: {} };
const root = {
  uid: 0,
  home: "/root",
  temporary: "/root/tmp",
  env: { XDG_CACHE_HOME: "/root/c", XDG_STATE_HOME: "/root/s" },
};
const xdg = { ...ada, env: { XDG_CACHE_HOME: "/c", XDG_STATE_HOME: "/s" } };
const hash = checkoutHash("/");

describe("the places of files", () => {
  it.each([
    ["a user", ada, "/home/ada/.cache/banyan", `/home/ada/.local/state/banyan/${hash}`],
    ["a user with XDG folders", xdg, "/c/banyan", `/s/banyan/${hash}`],
    ["root, whose home nobody else can enter", root, "/var/cache/banyan", `/var/lib/banyan/${hash}`],
  ])("are %s's own", (_, owner, cache, state) => {
    expect(cacheFolder(owner)).toBe(cache);
    expect(stateFolder("/", owner)).toBe(state);
  });

  it("differ between checkouts and between users", () => {
    expect(stateFolder("/", ada)).not.toBe(stateFolder("/tmp", ada));
    expect(controlFolder("/", ada)).not.toBe(controlFolder("/", { ...ada, uid: 1001 }));
  });

  it("are short enough for sockets, however long the temporary folder is", () => {
    expect(socketBase(ada)).toBe("/tmp");
    expect(socketBase({ ...ada, temporary: "/var/folders/ab/cdefghij/T" })).toBe("/var/folders/ab/cdefghij/T");
    expect(socketBase({ ...ada, temporary: `/${"x".repeat(80)}` })).toBe("/tmp");
    expect(socketBase(root)).toBe("/tmp");
  });
});

describe("makeReachable", () => {
  it("opens what it makes to all, whatever the umask, and leaves what was there alone", async () => {
    const base = await mkdtemp(join(tmpdir(), "banyan-reachable-"));
    await makeReachable(join(base, "a", "b"));
    const modes = await Promise.all(["", "a", "a/b"].map(async (path) => (await stat(join(base, path))).mode & 0o777));
    expect(modes).toEqual([0o700, 0o755, 0o755]);
    await rm(base, { recursive: true });
  });
});
