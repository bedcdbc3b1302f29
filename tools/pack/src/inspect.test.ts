import { mkdir, mkdtempDisposable, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { inspectPackage } from "./inspect.ts";
import type { PackedManifest } from "./manifest.ts";

const sound: PackedManifest = {
  name: "@banyan/cups",
  version: "0.1.0",
  description: "Cups",
  license: "Apache-2.0",
  type: "module",
  engines: { node: ">=24" },
  exports: { ".": { types: "./dist/index.d.ts", default: "./dist/index.js" } },
  files: ["dist"],
  dependencies: { "@types/pg": "^8.0.0", pg: "^8.0.0" },
  peerDependencies: { "@connectrpc/connect": "^2.2.0" },
};
const soundFiles = {
  "dist/index.js": 'import { Pool } from "pg";\nimport { a } from "./a.js";\nexport const pool = () => new Pool(a);\n',
  "dist/index.d.ts":
    'import type { Pool } from "pg";\nexport { a } from "./a.js";\nexport declare const pool: () => Pool;\n',
  "dist/a.js": 'import { Code } from "@connectrpc/connect";\nexport const a = Code.Ok;\n',
  "dist/a.d.ts": 'export declare const a: import("@connectrpc/connect").Code;\n',
};

async function inspect(files: Readonly<Record<string, string>>, manifest: Partial<PackedManifest> = {}) {
  await using folder = await mkdtempDisposable(join(tmpdir(), "banyan-inspect-"));
  for (const [path, text] of Object.entries({ ...soundFiles, ...files })) {
    await mkdir(dirname(join(folder.path, path)), { recursive: true });
    await writeFile(join(folder.path, path), text);
  }
  return await inspectPackage(folder.path, { ...sound, ...manifest });
}

describe("inspectPackage", () => {
  it("has nothing to say of a sound package", async () => {
    expect(await inspect({}, { sideEffects: false })).toEqual([]);
  });

  it("finds an export without its file", async () => {
    const exports = { ...sound.exports, "./b": { types: "./dist/a.d.ts", default: "./dist/b.js" } };
    expect(await inspect({}, { exports })).toEqual(['exports["./b"]: there is no ./dist/b.js']);
  });

  it.each([
    ["dist/a.js", 'import pino from "pino";', "pino"],
    ["dist/a.d.ts", 'import type { Logger } from "pino";', "pino"],
    ["dist/a.js", 'await import("@banyan/saucers/testing");', "@banyan/saucers/testing"],
  ])("finds in %s an import of a package that is not declared: %s", async (path, text, specifier) => {
    const file = { [path]: `${soundFiles["dist/a.js"]}${text}\n` };
    expect(await inspect(file)).toContain(`${path} imports ${specifier}, which is not among the dependencies`);
  });

  it.each([
    ["dist/a.js", "./b.js"],
    ["dist/a.js", "./index.ts"],
    ["dist/a.d.ts", "./index.ts"],
    ["dist/a.js", "../../saucers/src/index.js"],
    ["dist/a.js", "./index"],
  ])("finds in %s an import of %s, which is not in the package", async (path, specifier) => {
    const file = { [path]: `${soundFiles["dist/a.js"]}export * from "${specifier}";\n` };
    expect(await inspect(file)).toContain(`${path} imports ${specifier}, which the package does not have`);
  });

  it("finds a dependency that nothing imports", async () => {
    const dependencies = { ...sound.dependencies, zod: "^4.0.0" };
    expect(await inspect({}, { dependencies })).toEqual(["dependencies.zod: nothing in the package imports it"]);
  });

  it("finds the tools of tests, unless they are exported", async () => {
    const files = { "dist/testing/index.js": "export {};\n", "dist/testing/index.d.ts": "export {};\n" };
    const testing = { types: "./dist/testing/index.d.ts", default: "./dist/testing/index.js" };
    expect(await inspect(files)).toHaveLength(2);
    expect(await inspect(files, { exports: { ...sound.exports, "./testing": testing } })).toEqual([]);
  });

  it.each(["globalThis.cups = 1;", 'import "pg";'])("finds the effect that sideEffects denies: %s", async (text) => {
    const file = { "dist/a.js": `${soundFiles["dist/a.js"]}${text}\n` };
    expect(await inspect(file, { sideEffects: false })).toEqual([
      "dist/a.js does something when it is imported, and sideEffects is false",
    ]);
    expect(await inspect(file)).toEqual([]);
  });
});
