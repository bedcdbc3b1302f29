import { execFile } from "node:child_process";
import { copyFile, mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { bundleApp } from "./bundle-app.ts";

const packages = fileURLToPath(new URL("../../../node_modules", import.meta.url));

/** Uses what has been seen to break in a bundle: protos read from disk, workers, optional natives, dynamic requires. */
const everything = `
  import { fileURLToPath } from "node:url";
  import { connectNodeAdapter } from "@connectrpc/connect-node";
  import { Etcd3 } from "etcd3";
  import pg from "pg";
  import { pino } from "pino";
  const etcd = new Etcd3({ hosts: "http://127.0.0.1:1" });
  etcd.close();
  pino().info({
    adapter: typeof connectNodeAdapter({ routes: () => {} }),
    escaped: pg.escapeIdentifier("a"),
    migrations: fileURLToPath(new URL("../migrations/", import.meta.url)),
  });
`;

describe("bundleApp", () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(await realpath(tmpdir()), "banyan-build-"));
  });

  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  async function write(path: string, text: string): Promise<void> {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }

  it("makes one file that runs where there are no packages, and looks for migrations beside its folder", async () => {
    await symlink(packages, join(folder, "node_modules"));
    await write("apps/all/src/main.ts", everything);
    const [bundle, ...others] = await bundleApp(folder, "apps/all");
    expect([bundle?.path, others]).toEqual(["apps/all/dist/main.js", []]);
    const bundled = await readFile(join(folder, "apps/all/dist/main.js"));
    expect(bundled.byteLength).toBe(bundle?.bytes);

    await mkdir(join(folder, "an empty folder/dist"), { recursive: true });
    await copyFile(join(folder, "apps/all/dist/main.js"), join(folder, "an empty folder/dist/main.js"));
    await rm(join(folder, "node_modules"));
    const { stdout } = await promisify(execFile)("node", [join(folder, "an empty folder/dist/main.js")]);
    expect(JSON.parse(stdout)).toMatchObject({
      adapter: "function",
      escaped: '"a"',
      migrations: `${folder}/an empty folder/migrations/`,
    });
  });

  it("makes the same bytes of the same sources, wherever they lie", async () => {
    for (const place of ["one", "another/place"]) {
      await write(`${place}/node_modules/dependency/index.js`, "module.exports = 1;");
      await write(`${place}/apps/a/src/main.ts`, `import one from "dependency";\nprocess.stdout.write(String(one));\n`);
      await bundleApp(join(folder, place), "apps/a");
    }
    for (const file of ["main.js", "main.js.map"]) {
      const [one, another] = ["one", "another/place"].map((place) =>
        readFile(join(folder, place, "apps/a/dist", file), "utf8"),
      );
      expect(await one).toBe(await another);
    }
  });

  it("makes a second file of src/migrate.ts, and the same files in another folder", async () => {
    await write("apps/a/src/main.ts", `process.stdout.write("serving");`);
    await write("apps/a/src/migrate.ts", `process.stdout.write("migrating");`);
    await bundleApp(folder, "apps/a");
    const elsewhere = join(folder, "elsewhere/deep");
    const bundles = await bundleApp(folder, "apps/a", elsewhere);
    expect(bundles.map(({ path }) => path)).toEqual([`${elsewhere}/dist/main.js`, `${elsewhere}/dist/migrate.js`]);
    const { stdout } = await promisify(execFile)("node", [join(elsewhere, "dist/migrate.js")]);
    expect(stdout).toBe("migrating");
    for (const file of ["main.js", "main.js.map", "migrate.js", "migrate.js.map"]) {
      const [own, other] = [join(folder, "apps/a"), elsewhere].map((place) => readFile(join(place, "dist", file)));
      expect(await own).toEqual(await other);
    }
  });

  it("has a map that leads from a stack to the sources, and none of their text", async () => {
    await write("apps/a/src/main.ts", `// nobody reads this\n\nprocess.stdout.write(new Error("x").stack ?? "");\n`);
    await bundleApp(folder, "apps/a");
    const main = join(folder, "apps/a/dist/main.js");
    const { stdout } = await promisify(execFile)("node", ["--enable-source-maps", main]);
    expect(stdout).toContain(`${folder}/apps/a/src/main.ts:3:`);
    expect(await readFile(`${main}.map`, "utf8")).not.toContain("nobody reads this");
  });

  it.each([
    ["loads its protos in another way", "lib/connection-pool.js"],
    ["loads its protos in another file", "index.js"],
  ])("fails when an etcd3 of the future %s", async (_, file) => {
    await write("node_modules/etcd3/package.json", JSON.stringify({ name: "etcd3", main: file }));
    await write(`node_modules/etcd3/${file}`, "require('fs').readFileSync(__dirname + '/protos.bin');");
    await write("apps/a/src/main.ts", `import "etcd3";`);
    await expect(bundleApp(folder, "apps/a")).rejects.toThrow("etcd3 no longer loads its .proto files");
  });
});
