import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { workspaceRoot } from "./command.ts";
import { openScratch, type Scratch } from "./scratch.ts";

/** Stands in for vitest: leaves a report of these tests, and a mark that it ran. */
const fakeTests = `
  import { appendFileSync, mkdirSync, writeFileSync } from "node:fs";
  const [report, ...statuses] = process.argv.slice(2);
  const assertionResults = statuses.map((status, index) => {
    return { status, title: String(index), fullName: String(index), failureMessages: [] };
  });
  mkdirSync(".report", { recursive: true });
  writeFileSync(".report/" + report, JSON.stringify({ testResults: [{ name: "a.test.ts", status: "passed", assertionResults }] }));
  appendFileSync("../../runs.log", report + "\\n");
`;
/** A test that does not end, and says which process it is. */
const endlessTest = `
  import { writeFileSync } from "node:fs";
  writeFileSync("../../endless.pid", String(process.pid));
  setInterval(() => {}, 1000);
`;

/** A package.json whose targets run these commands. */
function project(name: string, targets: Readonly<Record<string, string>>): string {
  const runs = Object.entries(targets).map(([target, command]) => {
    return [target, { command, options: { cwd: "{projectRoot}" } }];
  });
  return JSON.stringify({ name, nx: { targets: Object.fromEntries(runs) } });
}

describe("the suite behind npm test", () => {
  let scratch: Scratch;

  /** A workspace of one small project, with the real nx.json and the real suite. */
  beforeEach(async () => {
    scratch = await openScratch(
      workspaceRoot,
      /^(nx\.json|package\.json|\.gitignore|tools\/check\/(package\.json|src\/)|tools\/generators\/src\/plugin\/)/,
    );
    await scratch.write("tools/check/package.json", JSON.stringify({ name: "@banyan/check", type: "module" }));
    const { name, exports } = JSON.parse(readFileSync(join(workspaceRoot, "tools/generators/package.json"), "utf8"));
    await scratch.write("tools/generators/package.json", JSON.stringify({ name, type: "module", exports }));
    await scratch.write("libs/small/tests.mjs", fakeTests);
    await scratch.write("libs/small/endless.mjs", endlessTest);
    await scratch.write(".gitignore", ".nx/\n.report/\nnode_modules/\nruns.log\nendless.pid\n");
  });

  afterEach(async () => {
    await scratch[Symbol.asyncDispose]();
  });

  async function runSuite(...args: string[]): Promise<{ readonly code: number; readonly lines: readonly string[] }> {
    const { code, stdout } = await scratch.run("node", "tools/check/src/suite.ts", ...args);
    return { code, lines: stdout.trimEnd().split("\n") };
  }

  it("counts tests, from the cache as well, and leaves long suites to --all", async () => {
    const tests = "node tests.mjs vitest.json passed passed skipped";
    const long = "node tests.mjs vitest-long.json passed";
    const targets = { typecheck: "node --version", test: tests, "test-long": long };
    await scratch.write("libs/small/package.json", project("@banyan/small", targets));

    const first = await runSuite();
    expect(first.lines).toContain("  @banyan/small:test-long: long; npm run test:all runs it");
    expect(first.lines.at(-1)).toBe("2 passed, 0 failed, 1 skipped");
    expect(first.code).toBe(0);

    const second = await runSuite("--all");
    expect(second.lines).toContain("Did not run: nothing");
    expect(second.lines.at(-1)).toBe("3 passed, 0 failed, 1 skipped");
    expect(second.code).toBe(0);
    expect(readFileSync(join(scratch.path, "runs.log"), "utf8")).toBe("vitest.json\nvitest-long.json\n");
  });

  it("fails for a failed type check and for a test task without a report, and still runs the rest", async () => {
    await scratch.write(
      "libs/small/package.json",
      project("@banyan/small", { typecheck: "node missing.mjs", test: "node --version" }),
    );
    const tests = { test: "node tests.mjs vitest.json passed" };
    await scratch.write("libs/sound/tests.mjs", fakeTests);
    await scratch.write("libs/sound/package.json", project("@banyan/sound", tests));

    const { code, lines } = await runSuite();
    expect(lines).toContain("  @banyan/small:typecheck");
    expect(lines).toContain("  @banyan/small:test: left no report of its tests");
    expect(lines.at(-1)).toBe("1 passed, 2 failed, 0 skipped");
    expect(code).toBe(1);
  });

  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("ends everything it started on %s, and says what did not run", async (signal, exitCode) => {
    await scratch.write("libs/small/package.json", project("@banyan/small", { test: "node endless.mjs" }));
    const suite = spawn("node", ["tools/check/src/suite.ts"], {
      cwd: scratch.path,
      env: scratch.environment,
      stdio: ["ignore", "pipe", "inherit"],
    });
    let output = "";
    suite.stdout.on("data", (text: Buffer) => (output += text.toString()));
    const closed = once(suite, "close");
    onTestFinished(async () => {
      suite.kill("SIGTERM");
      await closed;
    });
    const pidFile = join(scratch.path, "endless.pid");
    await vi.waitUntil(() => existsSync(pidFile) && readFileSync(pidFile, "utf8") !== "", 60_000);
    const endless = Number(readFileSync(pidFile, "utf8"));

    suite.kill(signal);
    expect(await closed).toEqual([exitCode, null]);
    expect(() => process.kill(endless, 0)).toThrow("ESRCH");
    expect(output).toContain(`Ended before its time: it got ${signal}\n`);
    expect(output.trimEnd().split("\n").at(-1)).toBe("0 passed, 1 failed, 0 skipped");
  });
});
