import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { locateEtcd } from "./locate.ts";
import { isRecentEtcd, parseEtcdVersion } from "./version.ts";

let base: string;
beforeEach(async () => void (base = await mkdtemp(join(tmpdir(), "banyan locate-"))));
afterEach(() => rm(base, { recursive: true }));

async function addEtcd(folder: string, version: string): Promise<string> {
  const file = join(base, folder, "etcd");
  await mkdir(join(base, folder), { recursive: true });
  await writeFile(file, `#!/bin/sh\necho "etcd Version: ${version}"\necho "Git SHA: Not provided"\n`);
  await chmod(file, 0o755);
  return file;
}

const cached = join("cache", `etcd-3.5-${process.platform}-${process.arch}`);

describe("locateEtcd", () => {
  it("takes the first on the PATH that is recent enough", async () => {
    await addEtcd("old", "3.4.23");
    const file = await addEtcd("new", "3.6.1");
    await addEtcd(cached, "3.5.16");
    const path = [join(base, "none"), join(base, "old"), join(base, "new")].join(":");
    expect(await locateEtcd({ path, cache: join(base, "cache") })).toEqual({ file, version: "3.6.1" });
  });

  it("takes the cached one where the PATH has none that is recent enough", async () => {
    await addEtcd("old", "3.4.23");
    const file = await addEtcd(cached, "3.5.16");
    expect(await locateEtcd({ path: join(base, "old"), cache: join(base, "cache") })).toEqual({
      file,
      version: "3.5.16",
    });
  });
});

describe("parseEtcdVersion", () => {
  it.each([
    ["etcd Version: 3.5.16\nGit SHA: Not provided\n", "3.5.16"],
    ["etcd Version: 3.6.0-rc.1\n", "3.6.0-rc.1"],
    ["zsh: command not found", undefined],
  ])("of %j is %s", (output, version) => {
    expect(parseEtcdVersion(output)).toBe(version);
  });
});

describe("isRecentEtcd", () => {
  it.each([
    ["3.4.34", false],
    ["3.5.0", true],
    ["3.10.2", true],
    ["4.0.0", true],
    ["2.9.9", false],
  ])("says of %s: %s", (version, recent) => {
    expect(isRecentEtcd(version)).toBe(recent);
  });
});
