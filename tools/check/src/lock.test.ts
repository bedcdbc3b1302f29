import { describe, expect, it } from "vitest";
import { checkLock, completeLock, type Lock, type LockedPackage } from "./lock.ts";

function lock(packages: Readonly<Record<string, LockedPackage>>): string {
  const content: Lock = { packages: { "": {}, ...packages } };
  return `${JSON.stringify(content, null, 2)}\n`;
}

/** A tool whose binary for this machine is locked, and the one for another is not. */
const partial = lock({
  "node_modules/tool": {
    version: "1.2.3",
    dev: true,
    optionalDependencies: { "@tool/linux-x64-gnu": "1.2.3", "@tool/darwin-arm64": "1.2.3" },
  },
  "node_modules/@tool/linux-x64-gnu": { version: "1.2.3", resolved: "https://registry.npmjs.org/@tool/a.tgz" },
});

describe("checkLock", () => {
  it("names an optional package that has no entry, and the command that adds it", () => {
    expect(checkLock(partial)).toEqual([
      {
        path: "package-lock.json",
        rule: "lock/absent",
        message:
          "has no entry for @tool/darwin-arm64@1.2.3, which node_modules/tool may need: run npm run lock -- --write",
      },
    ]);
  });

  it("finds the entry where Node would: below the package, beside it, or at the top", () => {
    const wants = { version: "1.0.0", optionalDependencies: { fast: "1.0.0" } };
    const fast = { version: "1.0.0" };
    expect(checkLock(lock({ "node_modules/a": wants, "node_modules/fast": fast }))).toEqual([]);
    expect(checkLock(lock({ "node_modules/a": wants, "node_modules/a/node_modules/fast": fast }))).toEqual([]);
    expect(
      checkLock(lock({ "node_modules/b/node_modules/@s/a": wants, "node_modules/b/node_modules/fast": fast })),
    ).toEqual([]);
    expect(checkLock(lock({ "node_modules/a": wants, "node_modules/b/node_modules/fast": fast }))).toHaveLength(1);
  });

  it("takes another version at the top for an absent entry", () => {
    const wants = { version: "1.0.0", optionalDependencies: { "fast-linux-x64": "2.0.0" } };
    const text = lock({ "node_modules/a": wants, "node_modules/fast-linux-x64": { version: "1.0.0" } });
    expect(checkLock(text)).toHaveLength(1);
    const { packages }: Lock = JSON.parse(completeLock(text));
    expect(packages["node_modules/a/node_modules/fast-linux-x64"]).toMatchObject({ version: "2.0.0" });
  });

  it("refuses a package of another registry, and lets workspaces be links", () => {
    const text = lock({
      "node_modules/a": { version: "1.0.0", resolved: "http://mirror.internal/a.tgz" },
      "node_modules/b": { version: "1.0.0", resolved: "git+ssh://git@github.com/b/b.git" },
      "node_modules/@banyan/rpc": { resolved: "libs/rpc" },
    });
    expect(checkLock(text).map(({ rule, message }) => `${rule} ${message}`)).toEqual([
      expect.stringContaining("lock/registry takes node_modules/a from http://mirror.internal/a.tgz"),
      expect.stringContaining("lock/registry takes node_modules/b from git+ssh:"),
    ]);
  });
});

describe("completeLock", () => {
  it("adds what is absent, keeps the rest, and leaves nothing to mend", () => {
    const completed = completeLock(partial);
    const { packages }: Lock = JSON.parse(completed);
    expect(packages["node_modules/@tool/darwin-arm64"]).toEqual({
      version: "1.2.3",
      dev: true,
      optional: true,
      os: ["darwin"],
      cpu: ["arm64"],
    });
    const { packages: before }: Lock = JSON.parse(partial);
    expect(packages).toMatchObject(before);
    expect(Object.keys(packages)).toEqual([
      "",
      "node_modules/@tool/darwin-arm64",
      "node_modules/@tool/linux-x64-gnu",
      "node_modules/tool",
    ]);
    expect(checkLock(completed)).toEqual([]);
    expect(completeLock(completed)).toBe(completed);
  });

  it.each([
    ["@nx/nx-linux-x64-musl", { os: ["linux"], cpu: ["x64"], libc: ["musl"] }],
    ["@nx/nx-linux-arm-gnueabihf", { os: ["linux"], cpu: ["arm"], libc: ["glibc"] }],
    ["@bufbuild/buf-linux-armv7", { os: ["linux"], cpu: ["arm"] }],
    ["@oxlint/binding-win32-arm64-msvc", { os: ["win32"], cpu: ["arm64"] }],
    ["@oxlint/binding-android-arm-eabi", { os: ["android"], cpu: ["arm"] }],
    ["@nx/nx-freebsd-x64", { os: ["freebsd"], cpu: ["x64"] }],
  ])("reads the platform of %s from its name", (name, platform) => {
    const text = lock({ "node_modules/tool": { optionalDependencies: { [name]: "1.0.0" } } });
    const { packages }: Lock = JSON.parse(completeLock(text));
    expect(packages[`node_modules/${name}`]).toEqual({ version: "1.0.0", optional: true, ...platform });
  });

  it("refuses to guess a platform or a version", () => {
    const wanting = (name: string, version: string): string =>
      lock({ "node_modules/tool": { optionalDependencies: { [name]: version } } });
    expect(() => completeLock(wanting("fast", "1.0.0"))).toThrow("fast: its name does not say for which os and cpu");
    expect(() => completeLock(wanting("fast-linux-x64", "^1.0.0"))).toThrow("no exact version to lock");
  });
});
