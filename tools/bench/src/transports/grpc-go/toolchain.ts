import { debianPackages } from "@banyan/dev";

/**
 * Go, the plugins that generate stubs, and the libraries, down to what they import; some with a name to print. It is the
 * list of tools/interop, so that both find the same folder in the cache.
 */
const packages: Readonly<Record<string, string>> = {
  "golang-1.24-go": "Go",
  "golang-1.24-src": "",
  "protoc-gen-go": "",
  "protoc-gen-go-grpc": "",
  "golang-etcd-server-dev": "",
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
export async function openToolchain(onProgress: (line: string) => void, signal?: AbortSignal): Promise<Toolchain> {
  const { root, archives } = await debianPackages("go", Object.keys(packages), { onProgress, signal });
  return { root, versions: archives.flatMap(versionOf) };
}

/** `golang-google-grpc-dev_1.64.0-7_all.deb` -> `grpc-go 1.64.0-7`; nothing for what has no name to print. */
function versionOf(archive: string): string[] {
  const [name = "", version = ""] = decodeURIComponent(archive).split("_");
  return packages[name] ? [`${packages[name]} ${version}`] : [];
}
