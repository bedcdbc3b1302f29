import { execFile } from "node:child_process";
import { cp, mkdtemp, readdir, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { appOf, workspaceFolder, type Release, type Service } from "../rolling/service-instance.ts";

/** One version of a service as its image has it: `dist/main.js`, `dist/migrate.js` and `migrations/`. */
export interface BundledRelease extends Release, AsyncDisposable {
  readonly version: string;
}

/** What the next version adds to the database: the version before knows nothing of it, and must not mind. */
const expansions: Readonly<Record<Service, string>> = {
  user: "alter table users add column locale text;",
  order: "alter table orders add column note text; create index orders_note on orders (note);",
  inventory: "alter table items add column barcode text default 'none';",
};

const main = join("dist", "main.js");
const commandMs = 60_000;

/** Bundles a service of the checkout into a folder of its own, which disposal removes. */
export async function bundleRelease(service: Service, version: string): Promise<BundledRelease> {
  return inNewFolder(version, async (folder) => {
    await runNode([join("tools", "build", "src", "bundle.ts"), appOf(service), folder], { folder: workspaceFolder });
    await cp(join(workspaceFolder, appOf(service), "migrations"), join(folder, "migrations"), { recursive: true });
  });
}

/** The version after `release`: the same programs, and one migration more, which expands. */
export async function nextRelease(service: Service, release: Release, version: string): Promise<BundledRelease> {
  return inNewFolder(version, async (folder) => {
    await cp(release.folder, folder, { recursive: true });
    const numbers = (await readdir(join(folder, "migrations"))).map((name) => Number.parseInt(name, 10));
    const number = String(Math.max(...numbers) + 1).padStart(4, "0");
    await writeFile(join(folder, "migrations", `${number}_expand.sql`), `${expansions[service]}\n`);
  });
}

/**
 * Runs `dist/migrate.js` of a release, as an init container would.
 *
 * @returns the names of the migrations that it has run
 * @throws with what it printed, when it fails
 */
export async function migrateTo({ folder }: Release, databaseUrl: string): Promise<readonly string[]> {
  const log = await runNode([join("dist", "migrate.js")], { folder, env: { DATABASE_URL: databaseUrl } });
  return [...log.matchAll(/"migration":"([^"]+)"/g)].flatMap(([, name]) => name ?? []);
}

async function inNewFolder(version: string, fill: (folder: string) => Promise<void>): Promise<BundledRelease> {
  await using opening = new AsyncDisposableStack();
  const folder = await mkdtemp(join(await realpath(tmpdir()), "banyan-release-"));
  opening.defer(() => rm(folder, { recursive: true }));
  await fill(folder);
  const opened = opening.move();
  return { folder, main, version, [Symbol.asyncDispose]: () => opened.disposeAsync() };
}

/** Runs a program to its end. @returns what it printed on stdout */
async function runNode(
  args: readonly string[],
  { folder, env }: { readonly folder: string; readonly env?: Readonly<Record<string, string>> },
): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, args, {
    cwd: folder,
    timeout: commandMs,
    env: { PATH: process.env["PATH"], ...env },
  });
  return stdout;
}
