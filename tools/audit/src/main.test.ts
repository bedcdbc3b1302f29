import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { writeProject } from "./testing/fixture.ts";

const main = fileURLToPath(new URL("main.ts", import.meta.url));

function run(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], {
    encoding: "utf8",
    timeout: 50_000,
  });
  return { status, stdout, stderr };
}

describe("the command", () => {
  it("writes three reports and says what it found, and leaves the project as it is", () => {
    using project = writeProject({ "src/a/a.ts": "export const a = 1;", "src/b/b.ts": "export const b = 1;" });
    using out = writeProject({});
    const { status, stdout } = run(project.root, "--out", join(out.root, "reports"));
    expect(status).toBe(0);
    expect(stdout).toContain("2 files, 2 lines, 2 modules (the folders in src)");
    expect(readdirSync(join(out.root, "reports")).sort()).toEqual(["report.html", "report.json", "report.md"]);
    expect(readdirSync(project.root)).toEqual(["src"]);
  });

  it("runs nothing of the project, even from within it", () => {
    using project = writeProject({
      "package.json": "{ not json",
      "pnpm-workspace.yaml": "a: [b\n c: }",
      "tsconfig.json": "{ not json",
      ".prisma-astrc.cjs": `require("node:fs").writeFileSync("ran", "");`,
      "schema.prisma": "model User {\n  id String @id\n}\n",
      "src/a.ts": "throw new Error('run');",
    });
    const args = [main, ".", "--out", "reports"];
    const { status, stdout } = spawnSync(process.execPath, args, {
      cwd: project.root,
      encoding: "utf8",
      timeout: 50_000,
    });
    expect(status).toBe(0);
    expect(stdout).toContain("0 tables of 1 shared");
    expect(readdirSync(project.root)).not.toContain("ran");
  });

  it("refuses in one line, and shows help", () => {
    using empty = writeProject({ "readme.md": "" });
    expect(run(join(empty.root, "nowhere"))).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/nowhere: there is no such folder\n$/),
    });
    expect(run(empty.root).stderr).toMatch(/no TypeScript found; give the folder of a TypeScript project\n$/);
    expect(run()).toMatchObject({
      status: 2,
      stderr: "audit: no path: expected the folder of a TypeScript project (see --help)\n",
    });
    expect(run(empty.root, "--wrong")).toMatchObject({
      status: 2,
      stderr: "audit: Unknown option '--wrong' (see --help)\n",
    });
    expect(run("--help").stdout).toContain("usage: node tools/audit/src/main.ts <path>");
  });
});
