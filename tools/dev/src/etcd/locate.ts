import { mkdir, rename, rm } from "node:fs/promises";
import { delimiter, isAbsolute, join } from "node:path";
import { isDebianLike, unpackDebianPackages } from "../debian/unpack.ts";
import { lock } from "../file-lock.ts";
import { cacheFolder, makeReachable } from "../locations.ts";
import { SetupError, messageOf } from "../setup-error.ts";
import { fetchRelease } from "./fetch-release.ts";
import { type EtcdProgram, isRecentEtcd, oldestEtcd, readEtcdVersion } from "./version.ts";

export interface EtcdSearch {
  /** Where programs are looked for, by default the PATH of this process. */
  readonly path?: string;
  /** Where a fetched one is kept, by default the user's cache folder. */
  readonly cache?: string;
  /** Gets a line when something takes a while. */
  readonly onProgress?: ((line: string) => void) | undefined;
  /** Gives the fetching up. */
  readonly signal?: AbortSignal | undefined;
}

/** Another process may be fetching; a slow line needs a while for the 9 MB of Debian's package list. */
const fetchMs = 300_000;

/**
 * Finds an etcd of at least 3.5: on the PATH, else in the cache folder, else by fetching one into it.
 *
 * Of several processes at once one fetches and the others wait for it.
 *
 * @throws {SetupError} saying what to install when there is none and none can be fetched
 */
export async function locateEtcd(search: EtcdSearch = {}): Promise<EtcdProgram> {
  const cache = search.cache ?? cacheFolder();
  const folder = join(cache, `etcd-${oldestEtcd}-${process.platform}-${process.arch}`);
  const present = async (): Promise<EtcdProgram | undefined> => readEtcdVersion(join(folder, "etcd"));

  const found = (await findOnPath(search.path ?? process.env["PATH"] ?? "")) ?? (await present());
  if (found) return found;

  await makeReachable(cache);
  const onWait = (): void => search.onProgress?.("waiting for another process that fetches etcd…");
  using _lock = await lock(join(cache, "etcd.lock"), { timeoutMs: fetchMs, onWait });
  const fetchedMeanwhile = await present();
  if (fetchedMeanwhile) return fetchedMeanwhile;

  search.onProgress?.(`fetching etcd ${oldestEtcd}…`);
  await fetchEtcd(folder, search.signal);
  const fetched = await present();
  if (fetched) return fetched;
  throw new SetupError(`the etcd that was fetched into ${folder} does not run on this machine; ${remedy}`);
}

const remedy = `install etcd ${oldestEtcd} or newer so that it is on the PATH, or point ETCD_ENDPOINTS at a running one`;

async function findOnPath(path: string): Promise<EtcdProgram | undefined> {
  for (const folder of path.split(delimiter).filter(isAbsolute)) {
    const program = await readEtcdVersion(join(folder, "etcd"));
    if (program && isRecentEtcd(program.version)) return program;
  }
  return undefined;
}

/** Debian's package etcd-server is a 3.5 since Debian 13. */
async function fetchFromDebian(work: string, signal: AbortSignal | undefined): Promise<string> {
  const root = join(work, "unpacked");
  await unpackDebianPackages(["etcd-server"], root, signal);
  return join(root, "usr", "bin", "etcd");
}

async function fetchEtcd(folder: string, signal: AbortSignal | undefined): Promise<void> {
  const sources = [...((await isDebianLike()) ? [fetchFromDebian] : []), fetchRelease];
  const work = `${folder}.unfinished`;
  const obstacles: string[] = [];
  for (const fetchInto of sources) {
    try {
      await rm(work, { recursive: true, force: true });
      await mkdir(work);
      const program = await fetchInto(work, signal);
      await makeReachable(folder);
      return await rename(program, join(folder, "etcd"));
    } catch (error) {
      signal?.throwIfAborted();
      obstacles.push(messageOf(error));
    } finally {
      await rm(work, { recursive: true, force: true });
    }
  }
  throw new SetupError(`etcd could not be fetched (${obstacles.join("; ")}); ${remedy}`);
}
