import { describe, expect, it } from "vitest";
import { runCommand, tellingLine } from "./command.ts";

const shell = (script: string, timeoutMs = 10_000) => runCommand({ file: "/bin/sh", args: ["-c", script], timeoutMs });

describe("runCommand", () => {
  it("gives what the program printed", async () => {
    await expect(shell("echo out; echo err >&2")).resolves.toBe("out\n");
  });

  it("fails with the program's own words, or with its exit code", async () => {
    await expect(shell("echo 'no space left' >&2; exit 3")).rejects.toThrow("/bin/sh -c: no space left");
    await expect(shell("exit 3")).rejects.toThrow("/bin/sh -c: exit code 3");
  });

  it("fails when there is no such program", async () => {
    await expect(runCommand({ file: "/no/such", args: [], timeoutMs: 1000 })).rejects.toThrow("ENOENT");
  });

  it("kills what takes too long", async () => {
    await expect(shell("exec sleep 60", 50)).rejects.toThrow("ended by SIGKILL (bound: 0.05 s)");
  });
});

describe("tellingLine", () => {
  it.each([
    [
      "initdb: error: No space left on device\ninitdb: removing contents of data directory",
      "initdb: error: No space left on device",
    ],
    [
      "W: Failed to fetch http://deb/: Temporary failure\nE: Some index files failed to download",
      "W: Failed to fetch http://deb/: Temporary failure",
    ],
    ["E: Unable to locate package etcd-server", "E: Unable to locate package etcd-server"],
    ["first\nlast\n", "last"],
    ["", ""],
  ])("of %j is %j", (errors, line) => {
    expect(tellingLine(errors)).toBe(line);
  });
});
