import { describe, expect, it } from "vitest";
import { execute, workspaceRoot } from "./command.ts";

describe("execute", () => {
  it("finds the tools of node_modules/.bin, and answers how they ended", async () => {
    const { code, stdout } = await execute("buf", ["--version"], { cwd: workspaceRoot });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect(await execute("node", ["-e", "process.exitCode = 3"], { cwd: workspaceRoot })).toMatchObject({ code: 3 });
  });

  it("rejects for a command that does not exist", async () => {
    await expect(execute("no-such-command", [], { cwd: workspaceRoot })).rejects.toThrow("no-such-command");
  });

  it("ends a command that takes too long", async () => {
    const endless = execute("node", ["-e", "setInterval(() => {}, 1000)"], { cwd: workspaceRoot, timeoutMs: 200 });
    await expect(endless).rejects.toThrow("aborted");
  });
});
