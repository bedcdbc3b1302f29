import { mkdir, mkdtempDisposable } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { freePort, startEtcd, startPostgres } from "@banyan/dev";
import { findLibraries, type Library } from "../library.ts";
import { packLibrary } from "../pack-library.ts";
import { examplesOf, filesOf, type Example } from "./examples.ts";
import { fetchNode24 } from "./node-24.ts";
import { startNpmRegistry } from "./npm-registry.ts";
import { createPlainProject, type PlainProject } from "./plain-project.ts";

/** The world as the user of a library has it: a registry to install from, and no repository. */
export interface Outside extends AsyncDisposable {
  /** The oldest Node that libraries are for; undefined where it cannot be had. */
  readonly node24: string | undefined;
  /** Makes a project that has installed some libraries, and has the programs of a README in it. */
  install(libraries: readonly Library[], readme: string): Promise<PlainProject>;
}

/** Packs all libraries, and offers them. Disposing ends and removes everything. */
export async function openOutside(workspace: string): Promise<Outside> {
  await using opened = new AsyncDisposableStack();
  const scratch = opened.use(await mkdtempDisposable(join(tmpdir(), "banyan-outside-")));
  const below = (name: string): string => join(scratch.path, name);
  await mkdir(below("node-24"));
  const libraries = await findLibraries(workspace);
  const [node24, packed] = await Promise.all([
    fetchNode24(below("node-24")),
    Promise.all(libraries.map(({ root }) => packLibrary(workspace, root, below(`packed/${basename(root)}`)))),
  ]);
  const registry = opened.use(await startNpmRegistry(workspace, packed));
  const resources = opened.move();
  let made = 0;
  return {
    node24,
    install: (installed, readme) =>
      createPlainProject({
        folder: below(`projects/${made++}`),
        registryUrl: registry.url,
        cacheFolder: below("cache"),
        packages: installed.map(({ name }) => name),
        exports: installed.flatMap(({ name, exports }) => Object.keys(exports).map((subpath) => join(name, subpath))),
        examples: examplesOf(readme),
        files: filesOf(readme),
      }),
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

/** What the programs of a README find in their environment. */
export interface Surroundings extends AsyncDisposable {
  readonly variables: Readonly<Record<string, string>>;
}

/** A free port, and for programs that speak of them an etcd and a PostgreSQL of their own. */
export async function openSurroundings(examples: readonly Example[]): Promise<Surroundings> {
  await using opened = new AsyncDisposableStack();
  const variables: Record<string, string> = { PORT: String(await freePort()) };
  const mention = (variable: string): boolean => examples.some(({ code }) => code.includes(variable));
  if (mention("ETCD_ENDPOINTS")) variables["ETCD_ENDPOINTS"] = opened.use(await startEtcd()).endpoint;
  if (mention("DATABASE_URL")) {
    variables["DATABASE_URL"] = await opened.use(await startPostgres()).createDatabase("shop");
  }
  const resources = opened.move();
  return { variables, [Symbol.asyncDispose]: () => resources.disposeAsync() };
}
