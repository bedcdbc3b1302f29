import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { UserService } from "@banyan/stubs-user";
import { createClient } from "@connectrpc/connect";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openTransport } from "./clients/transport.ts";
import { createSomeUser } from "./contracts/samples.ts";
import { canBuildImages, openBuildah, type Buildah } from "./images/buildah.ts";
import { buildBundles, buildImage, inspectImage } from "./images/image.ts";
import { readOnlyRun } from "./images/read-only-run.ts";
import { makeStandIns } from "./images/stand-ins.ts";
import { workspaceFolder } from "./platform/paths.ts";
import { startPlatform } from "./platform/platform.ts";

const canBuild = await canBuildImages();

/** The registries of the real base images are not asked: the bases are made of what this machine has. */
describe("the image of a service", { timeout: 180_000 }, () => {
  const opened = new AsyncDisposableStack();
  let buildah: Buildah;
  let name: string;
  /** Where the file system of the image is. */
  let root: string;

  beforeEach((context) => context.skip(!canBuild, "an image is built and run where buildah is installed, by root"));

  beforeAll(async () => {
    if (!canBuild) return;
    buildah = opened.use(await openBuildah());
    await makeStandIns(buildah);
    await buildBundles("user");
    name = await buildImage(buildah, "user");
    root = await buildah.run("mount", await buildah.run("from", name));
  }, 180_000);

  afterAll(() => opened.disposeAsync());

  it("is named and labelled, runs Node as nobody in particular, and was made in 1970", async () => {
    const { config, created } = await inspectImage(buildah, name);
    expect(name).toMatch(/^banyan\/user-service:\d+\.\d+\.\d+$/);
    expect(config).toMatchObject({
      User: "65532:65532",
      Entrypoint: ["node"],
      Cmd: ["dist/main.js"],
      WorkingDir: "/app",
      Env: expect.arrayContaining([`INSTANCE_VERSION=${name.split(":")[1]}`]),
      Labels: {
        "org.opencontainers.image.title": "user-service",
        "org.opencontainers.image.version": name.split(":")[1],
        "org.opencontainers.image.revision": expect.stringMatching(/^[0-9a-f]{40}(-dirty)?$/),
        "org.opencontainers.image.licenses": "Apache-2.0",
      },
    });
    expect(created).toBe("1970-01-01T00:00:00Z");
  });

  it("adds its programs and migrations to the base, at most 15 MB, and has no npm and no shell", async () => {
    const files = await filesBelow(root);
    const isBase = (file: string): boolean => /^(usr\/)?lib(64)?\/.*\.so/.test(file);
    const migrations = await readdir(join(workspaceFolder, "apps/user-service/migrations"));
    expect(files.filter((file) => !isBase(file))).toEqual([
      "app/dist/main.js",
      "app/dist/main.js.map",
      "app/dist/migrate.js",
      "app/dist/migrate.js.map",
      ...migrations.sort().map((name) => `app/migrations/${name}`),
      "usr/local/bin/node",
    ]);
    const added = files.filter((file) => file.startsWith("app/"));
    const sizes = await Promise.all(added.map(async (file) => (await stat(join(root, file))).size));
    expect(sizes.reduce((sum, size) => sum + size)).toBeLessThan(15_000_000);
  });

  it("is the same image, layer by layer, when it is built again", async () => {
    const first = await inspectImage(buildah, name);
    expect(first.layers).toHaveLength(3);
    expect(await inspectImage(buildah, await buildImage(buildah, "user"))).toEqual(first);
  });

  it("migrates, serves, is found in etcd and ends at SIGTERM, on a root that is read-only", async () => {
    await using platform = await startPlatform();
    const databaseUrl = await platform.databaseUrl("user");
    const socketFolder = new URL(databaseUrl).searchParams.get("host") ?? "";
    const { config } = await inspectImage(buildah, name);
    const run = (program: string) =>
      readOnlyRun({ root, user: config.User, socketFolder }, ["/usr/local/bin/node", join(config.WorkingDir, program)]);

    const migration = await platform.spawn("user", { command: await run("dist/migrate.js") });
    const exit = await migration.exited;
    expect({ ...exit, stderr: await migration.errorOutput() }).toEqual({ code: 0, signal: null, stderr: "" });
    const lines = await migration.log();
    expect(lines.at(-1)).toMatchObject({ msg: "the database is up to date", run: lines.length - 1 });

    const command = await run(config.Cmd[0] ?? "");
    const user = await platform.start("user", { command, environment: { NODE_COMPILE_CACHE: undefined } });
    expect(await platform.registry.list("/services/")).toMatchObject([{ value: user.listening }]);
    using transport = openTransport(user.listening);
    const client = createClient(UserService, transport);
    const userId = await createSomeUser(client);
    expect(await client.getUser({ userId })).toMatchObject({ userId });
    expect(await user.stop()).toEqual({ code: 0, signal: null });
    expect(await user.errorOutput()).toBe("");
    expect(await platform.registry.list("/")).toEqual([]);
  });
});

/** All files below a folder, sorted. */
async function filesBelow(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => !entry.isDirectory());
  return files
    .map(({ parentPath, name }) => join(parentPath, name).slice(folder.length + 1))
    .toSorted((a, b) => a.localeCompare(b));
}
