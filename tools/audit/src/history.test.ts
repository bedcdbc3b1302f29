import { execFileSync } from "node:child_process";
import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { headOf, readHistory } from "./history.ts";
import { findModules } from "./project/modules.ts";
import { writeProject } from "./testing/fixture.ts";

const files = ["shop/src/a/a.ts", "shop/src/b/b.ts", "shop/src/c/c.ts", "shop/src/main.ts"];
const inShop = files.map((file) => file.slice("shop/".length));

function git(cwd: string, ...args: string[]): void {
  const identity = ["-c", "user.name=t", "-c", "user.email=t@localhost", "-c", "commit.gpgsign=false"];
  execFileSync("git", [...identity, ...args], { cwd, stdio: "ignore" });
}

describe("readHistory", () => {
  it("counts which modules and files of a folder changed together, without sweeping commits", () => {
    using project = writeProject(Object.fromEntries(files.map((file) => [file, ""])));
    const many = Array.from({ length: 41 }, (_, index) => `shop/docs/${index}.md`);
    const commit = (...changed: string[]): void => {
      for (const file of changed) appendFileSync(join(project.root, file), "//\n");
      git(project.root, "add", "--all");
      git(project.root, "commit", "--quiet", "--message", "change");
    };
    git(project.root, "init", "--quiet");
    commit(...files);
    for (let round = 0; round < 3; round++) commit("shop/src/a/a.ts", "shop/src/b/b.ts", "shop/src/main.ts");
    commit("shop/src/a/a.ts", "shop/src/c/c.ts");
    using docs = writeProject({});
    for (const file of many) appendFileSync(join(project.root, file.replace("docs/", "src/")), docs.root);
    commit(...files);
    const root = join(project.root, "shop");
    const history = readHistory(root, inShop, findModules(root, inShop, []));
    expect(history).toMatchObject({
      commits: 5,
      leftOut: 1,
      modules: [{ pair: ["a", "b"], together: 4, share: 1 }],
      files: [{ pair: ["src/a/a.ts", "src/b/b.ts"], together: 4, share: 1 }],
    });
    expect(headOf(root)).toMatch(/^[0-9a-f]{40}$/);
  });

  it("is undefined outside of a repository", () => {
    using project = writeProject({ "src/a.ts": "" });
    expect(headOf(project.root)).toBeUndefined();
    expect(readHistory(project.root, [], findModules(project.root, [], []))).toBeUndefined();
  });
});
