import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { archive } from "./tar.ts";

const bytes = (text: string): Uint8Array => Buffer.from(text);
const tar = (args: readonly string[], input: Uint8Array): string =>
  execFileSync("tar", args, { input, encoding: "utf8", env: { ...process.env, TZ: "UTC" } });

describe("archive", () => {
  const files = [
    { path: "app/migrations/0001_users.sql", content: bytes("select 1;") },
    { path: "app/dist/main.js", content: bytes("x".repeat(1024)) },
    { path: "app/dist/empty.js", content: bytes("") },
  ];

  it("is read by tar, folders first, everything root's and of 1970", () => {
    const listed = tar(["--list", "--verbose", "--numeric-owner", "--file", "-"], archive(files));
    expect(
      listed
        .trimEnd()
        .split("\n")
        .map((line) => line.replaceAll(/\s+/g, " ")),
    ).toEqual([
      "drwxr-xr-x 0/0 0 1970-01-01 00:00 app/",
      "drwxr-xr-x 0/0 0 1970-01-01 00:00 app/dist/",
      "-rw-r--r-- 0/0 0 1970-01-01 00:00 app/dist/empty.js",
      "-rw-r--r-- 0/0 1024 1970-01-01 00:00 app/dist/main.js",
      "drwxr-xr-x 0/0 0 1970-01-01 00:00 app/migrations/",
      "-rw-r--r-- 0/0 9 1970-01-01 00:00 app/migrations/0001_users.sql",
    ]);
  });

  it("gives each file back as it was", () => {
    const content = tar(["--extract", "--to-stdout", "--file", "-", "app/migrations/0001_users.sql"], archive(files));
    expect(content).toBe("select 1;");
  });

  it("is the same for the same files in another order", () => {
    expect(archive(files.toReversed())).toEqual(archive(files));
  });

  it("takes a path of 100 bytes, and refuses a longer one", () => {
    const path = "ü".repeat(50);
    expect(tar(["--list", "--file", "-"], archive([{ path, content: bytes("") }]))).not.toBe("");
    expect(() => archive([{ path: `${path}x`, content: bytes("") }])).toThrow("at most 100 bytes");
  });
});
