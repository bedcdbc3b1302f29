import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { lock } from "../file-lock.ts";
import { decodeJson, valueAt } from "../json.ts";
import { cacheFolder, makeReachable } from "../locations.ts";
import { unpackDebianPackages } from "./unpack.ts";

export interface DebianPackages {
  /** The folder they are unpacked in: `/usr/bin/promtool` of a package is `join(root, "usr/bin/promtool")`. */
  readonly root: string;
  /** The file names of the packages, sorted, which tell their versions: `prometheus_2.53.3+ds1-2_amd64.deb`. */
  readonly archives: readonly string[];
}

export interface DebianPackagesOptions {
  /** Where they are kept, by default the user's cache folder. */
  readonly cache?: string;
  /** Gets a line when something takes a while. */
  readonly onProgress?: ((line: string) => void) | undefined;
  /** Gives the fetching up. */
  readonly signal?: AbortSignal | undefined;
}

/** How long one process waits for another that fetches the same. */
const fetchMs = 600_000;
const listName = "packages.json";

/**
 * Unpacks packages of Debian 13 into the cache folder, once; later calls, other checkouts and other processes find them
 * there. Nothing is installed. What the packages depend on must be named too, or be on the machine.
 *
 * @param name of the folder: `prometheus`; another list of packages under the same name takes the place of the first
 * @throws {PackagesUnavailableError} saying why, where they are neither in the cache nor to be fetched
 */
export async function debianPackages(
  name: string,
  packages: readonly string[],
  options: DebianPackagesOptions = {},
): Promise<DebianPackages> {
  const cache = options.cache ?? cacheFolder();
  const root = join(cache, `debian-${name}`);
  const present = await readUnpacked(root, packages);
  if (present) return present;

  await makeReachable(cache);
  const onWait = (): void => options.onProgress?.(`waiting for another process that fetches ${name}…`);
  using _lock = await lock(`${root}.lock`, { timeoutMs: fetchMs, onWait });
  const unpackedMeanwhile = await readUnpacked(root, packages);
  if (unpackedMeanwhile) return unpackedMeanwhile;

  options.onProgress?.(`fetching ${name} from Debian…`);
  const work = `${root}.unfinished`;
  try {
    await rm(work, { recursive: true, force: true });
    await makeReachable(work);
    const archives = await unpackDebianPackages(packages, work, options.signal);
    await writeFile(join(work, listName), JSON.stringify({ packages, archives }));
    await rm(root, { recursive: true, force: true });
    await rename(work, root);
    return { root, archives };
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function readUnpacked(root: string, packages: readonly string[]): Promise<DebianPackages | undefined> {
  const list = decodeJson(await readFile(join(root, listName), "utf8").catch(() => ""));
  const archives = valueAt(list, "archives");
  const isAsked = JSON.stringify(valueAt(list, "packages")) === JSON.stringify(packages);
  return isAsked && Array.isArray(archives) ? { root, archives: archives.map(String) } : undefined;
}
