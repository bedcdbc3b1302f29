import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { cacheFolder } from "../places.ts";
import { unpackDebianPackages } from "./debian-packages.ts";

/** Go, the plugins that generate stubs, and the libraries, down to what they import; some with a name to print. */
const packages: Readonly<Record<string, string>> = {
  "golang-1.24-go": "Go",
  "golang-1.24-src": "",
  "protoc-gen-go": "protoc-gen-go",
  "protoc-gen-go-grpc": "protoc-gen-go-grpc",
  "golang-etcd-server-dev": "etcd's Go client",
  "golang-github-coreos-go-semver-dev": "",
  "golang-github-coreos-go-systemd-dev": "",
  "golang-github-gogo-protobuf-dev": "",
  "golang-github-golang-protobuf-1-5-dev": "",
  "golang-go.uber-atomic-dev": "",
  "golang-go.uber-multierr-dev": "",
  "golang-go.uber-zap-dev": "",
  "golang-golang-x-net-dev": "",
  "golang-golang-x-sys-dev": "",
  "golang-golang-x-text-dev": "",
  "golang-google-genproto-dev": "",
  "golang-google-grpc-dev": "grpc-go",
  "golang-google-protobuf-dev": "",
};
const names = Object.keys(packages);

const packageList = z.object({ asked: z.array(z.string()), archives: z.array(z.string()) });

export interface Toolchain {
  /** Where `usr/` of the packages is. */
  readonly root: string;
  /** What the programs are built with, as `grpc-go 1.64.0-7`. */
  readonly versions: readonly string[];
}

/**
 * Unpacks Go and what the programs are built from, unless an earlier run has.
 *
 * @throws {PackagesUnavailableError}
 */
export async function openToolchain(onProgress: (line: string) => void): Promise<Toolchain> {
  const root = join(cacheFolder, "debian");
  const unpacked = await readList(join(root, "packages.json"));
  if (unpacked?.asked.join() === names.join()) return { root, versions: unpacked.archives.flatMap(versionOf) };

  onProgress("fetching Go and its libraries from Debian (70 MB)");
  const work = `${root}.unfinished`;
  try {
    await rm(work, { recursive: true, force: true });
    await mkdir(work, { recursive: true });
    const archives = await unpackDebianPackages(names, work);
    await writeFile(join(work, "packages.json"), JSON.stringify({ asked: names, archives }));
    await rm(root, { recursive: true, force: true });
    await rename(work, root);
    return { root, versions: archives.flatMap(versionOf) };
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function readList(file: string): Promise<z.infer<typeof packageList> | undefined> {
  const text = await readFile(file, "utf8").catch(() => undefined);
  return text === undefined ? undefined : packageList.parse(JSON.parse(text));
}

/** `golang-google-grpc-dev_1.64.0-7_all.deb` -> `grpc-go 1.64.0-7`; nothing for what has no name to print. */
function versionOf(archive: string): string[] {
  const [name = "", version = ""] = decodeURIComponent(archive).split("_");
  return packages[name] ? [`${packages[name]} ${version}`] : [];
}
