import { execFile } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { basename, dirname, join } from "node:path";
import { promisify } from "node:util";
import type { PackedLibrary } from "../pack-library.ts";

/** An npm registry on 127.0.0.1. */
export interface NpmRegistry extends AsyncDisposable {
  readonly url: string;
}

interface Offer {
  /** With its package.json. */
  readonly folder: string;
  readonly tarball: () => Promise<Buffer>;
}

/** By name and version. */
type Offers = ReadonlyMap<string, ReadonlyMap<string, Offer>>;

/** Of one package; TypeScript, the largest that examples may ask for, has 5 MB. */
const maxTarballBytes = 64 * 1024 * 1024;

/**
 * Serves packed libraries beside the third-party packages that are installed in the workspace. From it npm resolves and
 * installs a library with all that it asks for as it does from any registry, without a network, whatever is in its cache.
 *
 * @see https://github.com/npm/registry/blob/main/docs/responses/package-metadata.md
 */
export async function startNpmRegistry(workspace: string, libraries: readonly PackedLibrary[]): Promise<NpmRegistry> {
  const offers: Offers = new Map([...(await installedPackages(workspace)), ...packedPackages(libraries)]);
  const server = createServer((request, response) => {
    const [name = "", version] = (request.url ?? "").slice(1).split("/").map(decodeURIComponent);
    answer(offers, `http://${request.headers.host}`, name, version).then(
      (body) => response.writeHead(body === undefined ? 404 : 200).end(body ?? "{}"),
      (error: unknown) => response.writeHead(500).end(JSON.stringify({ error: String(error) })),
    );
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new TypeError("a server on TCP has a port");
  return {
    url: `http://127.0.0.1:${address.port}`,
    async [Symbol.asyncDispose]() {
      server.close().closeAllConnections();
      await once(server, "close");
    },
  };
}

/** `GET /<name>` answers what versions there are, and `GET /<name>/<version>` the tarball of one. */
async function answer(
  offers: Offers,
  url: string,
  name: string,
  version: string | undefined,
): Promise<string | Buffer | undefined> {
  const offered = offers.get(name);
  if (offered === undefined) return undefined;
  if (version !== undefined) return offered.get(version)?.tarball();
  const versions = await Promise.all(
    [...offered].map(async ([number, { folder }]) => {
      const manifest: object = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
      return [number, { ...manifest, dist: { tarball: `${url}/${encodeURIComponent(name)}/${number}` } }] as const;
    }),
  );
  return JSON.stringify({ name, "dist-tags": { latest: versions.at(0)?.[0] }, versions: Object.fromEntries(versions) });
}

function packedPackages(libraries: readonly PackedLibrary[]): Offers {
  return new Map(
    libraries.map(({ manifest: { name, version }, folder, tarball }) => [
      name,
      new Map([[version, { folder, tarball: () => readFile(tarball) }]]),
    ]),
  );
}

/** Every third-party package of the workspace, as its lock file lists them: first the one at the root, then nested ones. */
async function installedPackages(workspace: string): Promise<Offers> {
  const lock: { readonly packages: Readonly<Record<string, { readonly version?: string; readonly link?: boolean }>> } =
    JSON.parse(await readFile(join(workspace, "package-lock.json"), "utf8"));
  const offers = new Map<string, Map<string, Offer>>();
  const installed = Object.entries(lock.packages).sort(([one], [other]) => one.length - other.length);
  for (const [path, { version, link }] of installed) {
    const [, name] = /(?:^|\/)node_modules\/((?:@[^/]+\/)?[^/]+)$/.exec(path) ?? [];
    if (name === undefined || version === undefined || link === true) continue;
    const folder = join(workspace, path);
    const versions = offers.get(name) ?? new Map<string, Offer>();
    offers.set(name, versions.set(version, { folder, tarball: () => tarballOf(folder) }));
  }
  return offers;
}

const execute = promisify(execFile);

async function tarballOf(folder: string): Promise<Buffer> {
  const nested = `${basename(folder)}/node_modules`;
  const args = ["-czf", "-", "-C", dirname(folder), "--exclude", nested, basename(folder)];
  const { stdout } = await execute("tar", args, { encoding: "buffer", maxBuffer: maxTarballBytes, timeout: 60_000 });
  return stdout;
}
