import { access, mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { runCommand } from "../run-command.ts";

/** The release whose Go, grpc-go and etcd client go together; its programs run on the release before, too. */
const suite = "trixie";
const keyring = "/usr/share/keyrings/debian-archive-keyring.gpg";
const debian = "http://deb.debian.org/debian";

const updateMs = 180_000;
const downloadMs = 300_000;
const unpackMs = 120_000;

/** Debian's packages are not to be had on this machine. */
export class PackagesUnavailableError extends Error {
  override readonly name = "PackagesUnavailableError";
}

/**
 * Downloads packages of Debian's main archive and unpacks them below the empty folder `work`; nothing is installed, and
 * apt works on lists and a cache of its own in there. apt verifies the archive's signature.
 *
 * @returns the file names of the packages, which tell their versions
 * @throws {PackagesUnavailableError} when apt or the archive's keys are missing, or no mirror has the packages
 */
export async function unpackDebianPackages(names: readonly string[], work: string): Promise<readonly string[]> {
  for (const needed of ["/usr/bin/apt-get", "/usr/bin/dpkg", keyring]) {
    await access(needed).catch(() => {
      throw new PackagesUnavailableError(`${needed} is missing: packages are fetched where Debian's apt and keys are`);
    });
  }
  try {
    const archives = await download(names, work);
    for (const archive of archives) {
      await runCommand("dpkg", ["-x", join(work, archive), work], { cwd: work, timeoutMs: unpackMs });
      await rm(join(work, archive));
    }
    return archives;
  } catch (error) {
    const cause = error instanceof Error ? error.message.trim() : String(error);
    throw new PackagesUnavailableError(`Debian's packages cannot be fetched: ${cause}`, { cause: error });
  }
}

async function download(names: readonly string[], work: string): Promise<readonly string[]> {
  const apt = join(work, "apt");
  await mkdir(join(apt, "lists", "partial"), { recursive: true });
  await mkdir(join(apt, "cache", "archives", "partial"), { recursive: true });
  const mirror = await findMirror(work);
  await writeFile(join(apt, "sources.list"), `deb [signed-by=${keyring}] ${mirror} ${suite} main\n`);
  await writeFile(join(apt, "settings"), settings(apt));

  const env = { ...process.env, LC_ALL: "C", APT_CONFIG: join(apt, "settings") };
  await runCommand("apt-get", ["update"], { env, cwd: work, timeoutMs: updateMs });
  await runCommand("apt-get", ["download", ...names], { env, cwd: work, timeoutMs: downloadMs });
  await rm(apt, { recursive: true });
  return (await readdir(work)).filter((name) => name.endsWith(".deb")).sort();
}

/** The mirror that the system itself has its packages from, else Debian's own. */
async function findMirror(work: string): Promise<string> {
  const args = ["indextargets", "--format", "$(REPO_URI)", "Created-By: Packages"];
  const uris = (await runCommand("apt-get", args, { cwd: work, timeoutMs: updateMs })).split("\n");
  return uris.find((uri) => /\/debian\/?$/.test(uri)) ?? debian;
}

/** @see https://manpages.debian.org/bookworm/apt/apt.conf.5.en.html */
function settings(apt: string): string {
  const values = {
    "Dir::Etc::SourceList": join(apt, "sources.list"),
    "Dir::Etc::SourceParts": "/dev/null",
    "Dir::Etc::PreferencesParts": "/dev/null",
    "Dir::State::Lists": join(apt, "lists"),
    "Dir::Cache": join(apt, "cache"),
    "APT::Default-Release": "",
    "APT::Update::Error-Mode": "any", // else an update that got nothing counts as a success
    "APT::Sandbox::User": "", // root's apt would fetch as the user _apt, who may not reach the folder
    "Acquire::Languages": "none",
    "Acquire::Retries": "1",
    "Acquire::http::Timeout": "20",
  };
  return Object.entries(values)
    .map(([name, value]) => `${name} "${value}";\n`)
    .join("");
}
