import { access, mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { runCommand } from "../process/command.ts";
import { SetupError, messageOf } from "../setup-error.ts";
import { type AptSource, debianMirrors, parseDeb822Sources, parseOneLineSources } from "./sources.ts";

/** The release whose packages are used; its programs need no newer C library than the release before has. */
const suite = "trixie";
const keyring = "/usr/share/keyrings/debian-archive-keyring.gpg";
const updateMs = 180_000;
const downloadMs = 300_000;
const unpackMs = 120_000;

/** Debian's packages are not to be had on this machine; the message tells why. */
export class PackagesUnavailableError extends SetupError {
  override readonly name = "PackagesUnavailableError";
}

/** Whether this machine has apt and the keys of Debian's archive. */
export async function isDebianLike(): Promise<boolean> {
  const needed = ["/usr/bin/apt-get", "/usr/bin/dpkg", keyring];
  return Promise.all(needed.map((file) => access(file))).then(
    () => true,
    () => false,
  );
}

/**
 * Fetches packages of Debian's main archive and unpacks them into the empty folder `root`; nothing is installed, and what
 * the packages depend on is not fetched.
 *
 * apt works on lists and a cache of its own beside it, so neither root's rights nor an earlier `apt-get update` is needed,
 * and the system's own state is left alone. apt verifies the archive's signature.
 *
 * @returns the file names of the packages, sorted, which tell their versions: `etcd-server_3.5.16-4_amd64.deb`
 * @throws {PackagesUnavailableError} when apt or the archive's keys are missing, no mirror has the packages, or the disk is full
 */
export async function unpackDebianPackages(
  packages: readonly string[],
  root: string,
  signal?: AbortSignal,
): Promise<readonly string[]> {
  if (!(await isDebianLike())) {
    throw new PackagesUnavailableError("packages are fetched where Debian's apt-get, dpkg and archive keys are");
  }
  const work = `${root}.apt`;
  const obstacles: string[] = [];
  for (const mirror of debianMirrors(await readSources(), await readCodename())) {
    try {
      await rm(work, { recursive: true, force: true });
      return await fetchFrom(mirror, packages, { root, work, signal });
    } catch (error) {
      signal?.throwIfAborted();
      obstacles.push(`${mirror}: ${messageOf(error)}`);
    } finally {
      await rm(work, { recursive: true, force: true });
    }
  }
  throw new PackagesUnavailableError(`${packages.join(", ")} could not be fetched from ${obstacles.join("; ")}`);
}

interface Places {
  readonly root: string;
  readonly work: string;
  readonly signal: AbortSignal | undefined;
}

async function fetchFrom(mirror: string, packages: readonly string[], { root, work, signal }: Places) {
  const state = { lists: join(work, "lists"), cache: join(work, "cache"), sources: join(work, "sources.list") };
  await mkdir(join(state.lists, "partial"), { recursive: true });
  await mkdir(join(state.cache, "archives", "partial"), { recursive: true });
  await writeFile(state.sources, `deb [signed-by=${keyring}] ${mirror} ${suite} main\n`);

  const run = (file: string, args: readonly string[], timeoutMs: number): Promise<string> =>
    runCommand({ file, args, folder: work, timeoutMs, signal });
  await run("apt-get", ["update", ...aptOptions(state)], updateMs);
  await run("apt-get", ["download", ...packages, ...aptOptions(state)], downloadMs);

  const archives = (await readdir(work)).filter((name) => name.endsWith(".deb")).sort();
  if (archives.length < packages.length) throw new SetupError("apt-get download left out a package");
  for (const archive of archives) await run("dpkg", ["-x", archive, root], unpackMs);
  return archives;
}

/** @see https://manpages.debian.org/trixie/apt/apt.conf.5.en.html */
function aptOptions(state: { lists: string; cache: string; sources: string }): string[] {
  return [
    `Dir::Etc::SourceList=${state.sources}`,
    "Dir::Etc::SourceParts=/dev/null",
    "Dir::Etc::Preferences=/dev/null",
    "Dir::Etc::PreferencesParts=/dev/null",
    `Dir::State::Lists=${state.lists}`,
    `Dir::Cache=${state.cache}`,
    "APT::Default-Release=",
    "APT::Update::Error-Mode=any", // else an update that got nothing counts as a success
    "APT::Sandbox::User=", // root's apt would fetch as the user _apt, who may not reach the cache folder
    "Acquire::Languages=none",
    "Acquire::Retries=1",
    "Acquire::http::Timeout=20",
    "Acquire::https::Timeout=20",
  ].flatMap((option) => ["-o", option]);
}

async function readSources(): Promise<AptSource[]> {
  const folder = "/etc/apt/sources.list.d";
  const names = await readdir(folder).catch(() => []);
  const read = (file: string): Promise<string> => readFile(file, "utf8").catch(() => "");
  const oneLine = [
    "/etc/apt/sources.list",
    ...names.filter((name) => name.endsWith(".list")).map((n) => join(folder, n)),
  ];
  const deb822 = names.filter((name) => name.endsWith(".sources")).map((name) => join(folder, name));
  return [
    ...(await Promise.all(deb822.map(read))).flatMap(parseDeb822Sources),
    ...(await Promise.all(oneLine.map(read))).flatMap(parseOneLineSources),
  ];
}

async function readCodename(): Promise<string> {
  const text = await readFile("/etc/os-release", "utf8").catch(() => "");
  return /^VERSION_CODENAME="?([\w-]+)/m.exec(text)?.[1] ?? suite;
}
