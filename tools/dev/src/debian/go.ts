import { join } from "node:path";
import { debianPackages, type DebianPackagesOptions } from "./packages.ts";

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

/** Go with grpc-go and etcd's client, as Debian packages them: sources below a GOPATH, no modules. */
export interface GoToolchain {
  /** The program `go`. */
  readonly go: string;
  /** The folder of the plugins protoc-gen-go and protoc-gen-go-grpc. */
  readonly plugins: string;
  /** What programs are built with, as `grpc-go 1.64.0-7`. */
  readonly versions: readonly string[];
  /**
   * The variables for building sources below `<work>/src` without a network; GOPATH mode, as Debian's packages are no modules.
   *
   * @param cache the folder for what is compiled
   */
  readonly environment: (work: string, cache: string) => Readonly<Record<string, string | undefined>>;
}

/**
 * Unpacks Go and its libraries into the cache folder, 70 MB, unless an earlier run has.
 *
 * @throws {PackagesUnavailableError} saying why, where they are neither in the cache nor to be fetched
 */
export async function openGoToolchain(options: DebianPackagesOptions = {}): Promise<GoToolchain> {
  const { root, archives } = await debianPackages("go", Object.keys(packages), options);
  const goRoot = join(root, "usr/lib/go-1.24");
  return {
    go: join(goRoot, "bin/go"),
    plugins: join(root, "usr/bin"),
    versions: archives.flatMap(versionOf),
    environment: (work, cache) => ({
      PATH: process.env["PATH"],
      HOME: work,
      GOROOT: goRoot,
      GOPATH: `${work}:${join(root, "usr/share/gocode")}`,
      GOCACHE: cache,
      GO111MODULE: "off",
      GOTOOLCHAIN: "local",
      CGO_ENABLED: "0",
    }),
  };
}

/** `golang-google-grpc-dev_1.64.0-7_all.deb` -> `grpc-go 1.64.0-7`; nothing for what has no name to print. */
function versionOf(archive: string): string[] {
  const [name = "", version = ""] = decodeURIComponent(archive).split("_");
  return packages[name] ? [`${packages[name]} ${version}`] : [];
}
