import { execFileSync } from "node:child_process";
import { access, mkdir, mkdtemp, readdir, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { mostBytes, stageImage, type Stage } from "./stage.ts";

describe("stageImage", () => {
  let app: string;

  beforeEach(async () => {
    app = await mkdtemp(join(tmpdir(), "banyan-app-"));
    for (const program of ["main.js", "migrate.js"]) {
      await write(`dist/${program}`, "12345");
      await write(`dist/${program}.map`, "{}");
    }
    await write("migrations/0001_users.sql", "select 1;");
  });

  afterEach(() => rm(app, { recursive: true }));

  async function write(path: string, text: string): Promise<void> {
    await mkdir(dirname(join(app, path)), { recursive: true });
    await writeFile(join(app, path), text);
  }

  /** What is packed, as tar lists it. */
  function packed({ folder }: Stage): readonly string[] {
    return execFileSync("tar", ["--list", "--file", join(folder, "app.tar")], { encoding: "utf8" })
      .trimEnd()
      .split("\n");
  }

  it("has the programs, their maps and the migrations, and nothing else", async () => {
    await write("src/main.ts", "secret");
    await write("dist/old.js", "left behind by an earlier build");
    await write("migrations/README.md", "for people");
    await write(".env", "PASSWORD=hunter2");
    await using stage = await stageImage(app);
    expect(packed(stage)).toEqual([
      "app/",
      "app/dist/",
      "app/dist/main.js",
      "app/dist/main.js.map",
      "app/dist/migrate.js",
      "app/dist/migrate.js.map",
      "app/migrations/",
      "app/migrations/0001_users.sql",
    ]);
    expect(await readdir(stage.folder)).toEqual(["app.tar"]);
    expect(stage.bytes).toBe(5 + 2 + 5 + 2 + 9);
  });

  it("says what to build when a program is missing", async () => {
    await rm(join(app, "dist/migrate.js"));
    await expect(stageImage(app)).rejects.toThrow(`${app}/dist has no migrate.js: run nx build of it first`);
  });

  it("refuses more than 15 MB above the base", async () => {
    await truncate(join(app, "dist/main.js"), mostBytes + 1_000_000);
    await expect(stageImage(app)).rejects.toThrow("would add 16.0 MB to its base, and may add 15.0 MB");
  });

  it("is gone after its disposal", async () => {
    const stage = await stageImage(app);
    await stage[Symbol.asyncDispose]();
    await expect(access(stage.folder)).rejects.toThrow("ENOENT");
  });
});
