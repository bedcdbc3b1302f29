import { mkdtempDisposable, readFile, readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { runCommand } from "./command.ts";
import { packLibrary } from "./pack-library.ts";

const workspace = fileURLToPath(new URL("../../..", import.meta.url));

describe("packLibrary", () => {
  it("makes a tarball of JavaScript, declarations, README and LICENSE, without tests and their tools", async () => {
    await using out = await mkdtempDisposable(join(tmpdir(), "banyan-pack-"));
    const { tarball, folder } = await packLibrary(workspace, "libs/balancer", out.path);
    const listed = (await runCommand(["tar", "-tzf", tarball], { folder })).trim().split("\n");
    expect(listed).toEqual(
      expect.arrayContaining(
        ["LICENSE", "README.md", "package.json", "dist/index.js", "dist/index.d.ts"].map((path) => `package/${path}`),
      ),
    );
    const unexpected = listed.filter(
      (path) => !/^package\/(LICENSE|README\.md|package\.json|dist\/.*(\.js|\.d\.ts))$/.test(path),
    );
    expect(unexpected).toEqual([]);
    expect(listed.filter((path) => /\.test\.|\/testing\//.test(path))).toEqual([]);
  });

  it("makes the same tarball of the same sources", async () => {
    await using out = await mkdtempDisposable(join(tmpdir(), "banyan-pack-"));
    const first = await packLibrary(workspace, "libs/balancer", join(out.path, "first"));
    const second = await packLibrary(workspace, "libs/balancer", join(out.path, "second"));
    expect(await readdir(join(out.path, "second"))).toEqual([basename(second.tarball), "package"]);
    expect((await readFile(second.tarball)).equals(await readFile(first.tarball))).toBe(true);
  });

  it.each([
    ["apps/user-service", "apps/user-service is no library: what is below libs/ can be packed"],
    ["libs/../apps/user-service", "libs/../apps/user-service is no library: what is below libs/ can be packed"],
    ["libs/nothing", "libs/nothing is no library: there is no libs/nothing/package.json"],
  ])("refuses %s", async (root, message) => {
    await expect(packLibrary(workspace, root, "/nowhere")).rejects.toThrow(message);
  });
});
