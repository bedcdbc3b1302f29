import { access, mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { runCommand } from "../process/command.ts";
import { SetupError, messageOf } from "../setup-error.ts";
import { type AptSource, debianMirrors, parseDeb822Sources, parseOneLineSources } from "./apt-sources.ts";

/** The release of Debian whose etcd-server is a 3.5; it needs no newer C library than the release before has. */
const suite = "trixie";
const keyring = "/usr/share/keyrings/debian-archive-keyring.gpg";
const updateMs = 180_000;
const downloadMs = 120_000;
const unpackMs = 60_000;

/** Whether this machine has apt and the keys of Debian's archive. */
export async function isDebianLike(): Promise<boolean> {
  const needed = ["/usr/bin/apt-get", "/usr/bin/dpkg", keyring];
  return Promise.all(needed.map((file) => access(file))).then(
    () => true,
    () => false,
  );
}

/**
 * Fetches Debian's package etcd-server and unpacks it below the empty folder `work`; nothing is installed.
 *
 * apt works on lists and a cache of its own in there, so neither root's rights nor an earlier `apt-get update` is needed,
 * and the system's own state is left alone. apt verifies the archive's signature.
 *
 * @returns the path of the program
 * @throws {SetupError} when no mirror has it, or the disk is full
 */
export async function fetchFromDebian(work: string, signal?: AbortSignal): Promise<string> {
  let obstacle = "";
  for (const mirror of debianMirrors(await readSources(), await readCodename())) {
    try {
      return await fetchFrom(mirror, work, signal);
    } catch (error) {
      signal?.throwIfAborted();
      obstacle = `${mirror}: ${messageOf(error)}`;
    }
  }
  throw new SetupError(obstacle);
}

async function fetchFrom(mirror: string, work: string, signal: AbortSignal | undefined): Promise<string> {
  const state = { lists: join(work, "lists"), cache: join(work, "cache"), sources: join(work, "sources.list") };
  await mkdir(join(state.lists, "partial"), { recursive: true });
  await mkdir(join(state.cache, "archives", "partial"), { recursive: true });
  await writeFile(state.sources, `deb [signed-by=${keyring}] ${mirror} ${suite} main\n`);

  const run = (file: string, args: readonly string[], timeoutMs: number): Promise<string> =>
    runCommand({ file, args, folder: work, timeoutMs, signal });
  await run("apt-get", ["update", ...aptOptions(state)], updateMs);
  await run("apt-get", ["download", "etcd-server", ...aptOptions(state)], downloadMs);

  const archive = (await readdir(work)).find((name) => name.endsWith(".deb"));
  if (archive === undefined) throw new SetupError("apt-get download left no package");
  const unpacked = join(work, "unpacked");
  await run("dpkg", ["-x", archive, unpacked], unpackMs);
  return join(unpacked, "usr", "bin", "etcd");
}

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
