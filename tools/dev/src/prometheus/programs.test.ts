import { mkdtempDisposable, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { locatePrometheus } from "./programs.ts";

/** A folder with both programs, which tell nothing but their version. */
async function folderOf(version: string) {
  const folder = await mkdtempDisposable(join(tmpdir(), "banyan-programs-"));
  for (const name of ["prometheus", "promtool"]) {
    await writeFile(join(folder.path, name), `#!/bin/sh\necho "${name}, version ${version} (branch: HEAD)"\n`, {
      mode: 0o755,
    });
  }
  return folder;
}

describe("locatePrometheus", () => {
  it.each(["2.43.0", "3.5.0"])("takes those on the PATH that are recent enough: %s after 2.42.0", async (version) => {
    await using older = await folderOf("2.42.0+ds");
    await using newer = await folderOf(version);
    expect(await locatePrometheus({ path: `/nowhere:${older.path}:${newer.path}` })).toEqual({
      prometheus: join(newer.path, "prometheus"),
      promtool: join(newer.path, "promtool"),
    });
  });
});
