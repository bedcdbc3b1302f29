import { createHash } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { runCommand } from "../process/command.ts";
import { SetupError, messageOf } from "../setup-error.ts";

const version = "3.5.21";
const releases = `https://github.com/etcd-io/etcd/releases/download/v${version}`;
const downloadMs = 180_000;
const unpackMs = 60_000;

/**
 * Fetches the official release of etcd for this platform and unpacks it below the empty folder `work`.
 *
 * The archive is compared with the checksums that the same release publishes.
 *
 * @returns the path of the program
 * @throws {SetupError} when there is no release for this platform, it cannot be reached, or the checksum differs
 */
export async function fetchRelease(work: string, signal?: AbortSignal): Promise<string> {
  const name = releaseName(process.platform, process.arch);
  const archive = await download(`${releases}/${name}`, signal);
  const sums = await download(`${releases}/SHA256SUMS`, signal);
  const sum = createHash("sha256").update(archive).digest("hex");
  if (sum !== expectedSum(sums.toString("utf8"), name)) {
    throw new SetupError(`${name} does not have the checksum that its release publishes`);
  }
  await writeFile(join(work, name), archive);
  // tar of macOS reads zip archives too
  await runCommand({ file: "tar", args: ["-xf", name], folder: work, timeoutMs: unpackMs, signal });
  return join(work, name.replace(/\.(tar\.gz|zip)$/, ""), "etcd");
}

/** The file name of the release for a platform, in Node's words for it. */
export function releaseName(platform: string, arch: string): string {
  const cpu = { x64: "amd64", arm64: "arm64" }[arch];
  const ending = { linux: "tar.gz", darwin: "zip" }[platform];
  if (cpu === undefined || ending === undefined) throw new SetupError(`no release of etcd for ${platform} ${arch}`);
  return `etcd-v${version}-${platform}-${cpu}.${ending}`;
}

/** Finds the checksum of `name` in the lines `<sum>  <name>` of a SHA256SUMS file. */
export function expectedSum(sums: string, name: string): string | undefined {
  return sums
    .split("\n")
    .map((line) => line.trim().split(/\s+\*?/))
    .find(([, file]) => file === name)?.[0];
}

async function download(url: string, signal: AbortSignal | undefined): Promise<Buffer> {
  try {
    const response = await fetch(url, {
      signal: AbortSignal.any([AbortSignal.timeout(downloadMs), ...(signal ? [signal] : [])]),
    });
    if (!response.ok) throw new SetupError(`answered ${response.status}`);
    return Buffer.from(await response.arrayBuffer());
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    throw new SetupError(`${url}: ${messageOf(cause)}`);
  }
}
