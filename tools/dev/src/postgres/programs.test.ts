import { chmod, cp, lstat, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SetupError } from "../setup-error.ts";
import { locatePostgres, nativeFolder } from "./programs.ts";

let base: string;
beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), "banyan programs-"));
  await chmod(base, 0o755); // run by root, PostgreSQL is another user's
});
afterAll(() => rm(base, { recursive: true }));

describe("locatePostgres", () => {
  it("runs PostgreSQL from a copy where the package's install script was skipped, and makes it once", async () => {
    const native = join(base, "native");
    await cp(nativeFolder(), native, {
      recursive: true,
      verbatimSymlinks: true,
      filter: async (path) => !(await lstat(path)).isSymbolicLink(),
    });
    const cache = join(base, "cache");
    const lines: string[] = [];
    const search = { native, cache, onProgress: (line: string) => void lines.push(line) };

    const [first, second] = await Promise.all([locatePostgres(search), locatePostgres(search)]);
    expect(first.postgres).toContain(cache);
    expect(second).toEqual(first);
    expect(lines).toEqual(["copying PostgreSQL to where it can run…"]);
    expect((await readdir(cache)).filter((name) => name.includes("unfinished"))).toEqual([]);
  });

  it("says what to do where the programs do not run", async () => {
    const broken = locatePostgres({ native: join(base, "nothing"), cache: join(base, "empty") });
    await expect(broken).rejects.toThrow(SetupError);
  });
});
