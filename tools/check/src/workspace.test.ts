import { rm } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { workspaceRoot } from "./command.ts";
import { openScratch, type Scratch } from "./scratch.ts";
import { listFiles, readWorkspace } from "./workspace.ts";

describe("the workspace as the rules see it", () => {
  let scratch: Scratch;

  beforeEach(async () => {
    scratch = await openScratch(
      workspaceRoot,
      /^(package\.json|\.gitignore|libs\/(errors|stubs\/user)\/package\.json)$/,
    );
  });

  afterEach(async () => {
    await scratch[Symbol.asyncDispose]();
  });

  it("lists new files, and neither ignored nor deleted ones", async () => {
    await scratch.write("libs/errors/src/a file.ts", "");
    await scratch.write("libs/errors/dist/a.js", "");
    await rm(join(scratch.path, "libs/stubs/user/package.json"));
    expect(listFiles(scratch.path)).toEqual([
      ".gitignore",
      "libs/errors/package.json",
      "libs/errors/src/a file.ts",
      "package.json",
    ]);
  });

  it("knows each project by its name and root, however deep", () => {
    expect(readWorkspace(scratch.path).projects.map(({ name, root }) => `${name} ${root}`)).toEqual([
      "@banyan/errors libs/errors",
      "@banyan/stubs-user libs/stubs/user",
    ]);
  });
});
