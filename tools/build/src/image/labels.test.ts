import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { labelsOf, publicUrl, readGitFacts } from "./labels.ts";

const facts = { title: "user-service", description: "Users", version: "0.1.0", licenses: "Apache-2.0" };

describe("labelsOf", () => {
  it("has the names of the OCI image specification", () => {
    const git = { revision: "abc", source: "https://example.com/banyan" };
    expect(labelsOf({ ...facts, git })).toEqual({
      "org.opencontainers.image.title": "user-service",
      "org.opencontainers.image.description": "Users",
      "org.opencontainers.image.version": "0.1.0",
      "org.opencontainers.image.licenses": "Apache-2.0",
      "org.opencontainers.image.revision": "abc",
      "org.opencontainers.image.source": "https://example.com/banyan",
    });
  });

  it("leaves out what is not known", () => {
    const keys = Object.keys(labelsOf({ ...facts, git: { revision: undefined, source: undefined } }));
    expect(keys.map((key) => key.slice(key.lastIndexOf(".") + 1))).toEqual([
      "title",
      "description",
      "version",
      "licenses",
    ]);
  });
});

describe("publicUrl", () => {
  it.each([
    ["https://github.com/someone/banyan.git", "https://github.com/someone/banyan"],
    ["https://ada:hunter2@example.com/banyan", "https://example.com/banyan"],
    ["git@github.com:someone/banyan.git", "https://github.com/someone/banyan"],
    ["ssh://git@example.com:2222/someone/banyan.git", "https://example.com/someone/banyan"],
    ["/srv/git/banyan.git", undefined],
    ["../banyan", undefined],
    ["file:///srv/banyan.git", undefined],
  ])("makes of %j what a browser opens, and never shows a password", (remote, url) => {
    expect(publicUrl(remote)).toBe(url);
  });
});

describe("readGitFacts", () => {
  let folder: string;
  const git = async (...args: readonly string[]): Promise<string> => {
    const identity = ["-c", "user.name=Ada", "-c", "user.email=ada@example.com"];
    return (await promisify(execFile)("git", [...identity, ...args], { cwd: folder })).stdout.trim();
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "banyan-git-"));
  });

  afterAll(() => rm(folder, { recursive: true }));

  it("knows nothing where there is no repository, then the commit, and whether files differ from it", async () => {
    expect(await readGitFacts(folder)).toEqual({ revision: undefined, source: undefined });
    await git("init", "--quiet");
    await git("commit", "--quiet", "--allow-empty", "--message", "first");
    const commit = await git("rev-parse", "HEAD");
    expect(await readGitFacts(folder)).toEqual({ revision: commit, source: undefined });
    await git("remote", "add", "origin", "https://ada:hunter2@example.com/banyan.git");
    await writeFile(join(folder, "more"), "");
    expect(await readGitFacts(folder)).toEqual({ revision: `${commit}-dirty`, source: "https://example.com/banyan" });
  });
});
