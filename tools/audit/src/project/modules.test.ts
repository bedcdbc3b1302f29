import { describe, expect, it } from "vitest";
import { writeProject } from "../testing/fixture.ts";
import { findModules, outside, rest } from "./modules.ts";

const empty = { "src/a.ts": "" };

describe("findModules", () => {
  it.each<[string, string[], string[]]>([
    ["src/modules", ["src/modules/a/x.ts", "src/modules/b/x.ts", "src/c/x.ts"], ["a", "b"]],
    ["NestJS", ["src/app/app.module.ts", "src/app/a/a.module.ts", "src/b/b.module.ts", "src/c/x.ts"], ["a", "b"]],
    ["folders in src", ["src/a/x.ts", "src/b/x.ts", "src/main.ts", "tools/x.ts"], ["a", "b"]],
    ["folders at the top", ["a/x.ts", "b/x.ts", "main.ts"], ["a", "b"]],
    ["none", ["main.ts"], []],
  ])("goes by %s", (by, files, names) => {
    using project = writeProject(empty);
    const found = findModules(project.root, files, []);
    expect(found.by).toContain(by);
    expect([...found.folders.keys()]).toEqual(names);
  });

  it("goes first by the packages of a workspace, of npm or pnpm", () => {
    using project = writeProject({
      "package.json": `{ "workspaces": ["libs/*"] }`,
      "pnpm-workspace.yaml": "packages:\n  - apps/*\n  - '!apps/old'\n",
      "libs/a/package.json": `{ "name": "@x/a" }`,
      "apps/b/package.json": `{ "name": "b" }`,
      "apps/old/package.json": `{ "name": "old" }`,
    });
    const files = ["libs/a/src/x.ts", "apps/b/x.ts", "apps/old/x.ts", "src/c/x.ts", "src/d/x.ts"];
    const found = findModules(project.root, files, []);
    expect([...found.folders]).toEqual([
      ["b", "apps/b"],
      ["a", "libs/a"],
    ]);
    expect(["libs/a/src/x.ts", "src/c/x.ts", "../y.ts"].map((file) => found.moduleOf(file))).toEqual([
      "a",
      rest,
      outside,
    ]);
  });

  it("goes by the globs that are given, the longest folder first, and refuses one that matches nothing", () => {
    using project = writeProject({ "src/a/x.ts": "", "src/a/b/x.ts": "", "docs/x.md": "" });
    const files = ["src/a/x.ts", "src/a/b/x.ts"];
    const found = findModules(project.root, files, ["src/*", "src/a/b"]);
    expect(files.map((file) => found.moduleOf(file))).toEqual(["a", "b"]);
    expect(() => findModules(project.root, files, ["docs"])).toThrow('--modules "docs": matches no folder');
  });
});
