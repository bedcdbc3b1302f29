import { access, mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { debianPackages } from "./packages.ts";
import { PackagesUnavailableError, isDebianLike } from "./unpack.ts";

const debianLike = await isDebianLike();

describe("debianPackages", () => {
  beforeEach((context) => context.skip(!debianLike, "Debian's packages are fetched where its apt and keys are"));

  let cache: string;
  beforeAll(async () => void (cache = await mkdtemp(join(tmpdir(), "banyan packages-"))));
  afterAll(() => rm(cache, { recursive: true }));

  it("unpacks once for all who ask at once, and finds it again without fetching", { timeout: 200_000 }, async () => {
    const lines: string[] = [];
    const ask = () => debianPackages("small", ["hostname"], { cache, onProgress: (line) => lines.push(line) });
    const [one, another] = await Promise.all([ask(), ask()]);
    expect(one).toEqual(another);
    expect(one.root).toBe(join(cache, "debian-small"));
    expect(one.archives).toEqual([expect.stringMatching(/^hostname_.*\.deb$/)]);
    await access(join(one.root, "bin/hostname")).catch(() => access(join(one.root, "usr/bin/hostname")));
    expect(lines.filter((line) => line.startsWith("fetching"))).toEqual(["fetching small from Debian…"]);

    const { ino } = await stat(one.root);
    expect(await ask()).toEqual(one);
    expect((await stat(one.root)).ino).toBe(ino);
    expect((await readdir(cache)).sort()).toEqual(["debian-small", "debian-small.lock"]);
  });

  it("says what no mirror has, and leaves nothing behind", { timeout: 200_000 }, async () => {
    const refusal = debianPackages("missing", ["no-such-package-anywhere"], { cache });
    await expect(refusal).rejects.toThrow(PackagesUnavailableError);
    await expect(refusal).rejects.toThrow("no-such-package-anywhere could not be fetched from");
    expect((await readdir(cache)).filter((name) => name.startsWith("debian-missing"))).toEqual(["debian-missing.lock"]);
  });
});
