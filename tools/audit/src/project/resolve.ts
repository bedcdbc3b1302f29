import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import ts from "typescript";
import { entryOf, repositoryRoot, sourceFile, workspacePackages, type Package } from "./packages.ts";

/** Finds the source file that an import means; undefined for packages from a registry, and for what does not exist. */
export type Resolver = (specifier: string, importer: string) => string | undefined;

interface PathMapping {
  readonly pattern: string;
  readonly targets: readonly string[];
}

/**
 * Resolves within the repository that `root` is part of, and never into node_modules: relative specifiers, the `paths`
 * and `baseUrl` of the tsconfig next above the importer, and packages of the workspace.
 *
 * An audit needs no `npm install` of what it audits: types of third-party packages are unknown to it, and stay so.
 */
export function createResolver(root: string): Resolver {
  const repository = repositoryRoot(root);
  const packages = new Map<string, Package>();
  for (const folder of new Set([repository, root]))
    for (const found of workspacePackages(folder)) packages.set(found.name, found);
  const mappings = new Map<string, readonly PathMapping[]>();
  const known = new Map<string, string | undefined>();

  const mappingsFor = (folder: string): readonly PathMapping[] => {
    const found = mappings.get(folder);
    if (found !== undefined) return found;
    const own = readMappings(folder);
    const outermost = folder === repository || folder === dirname(folder);
    const result = own ?? (outermost ? [] : mappingsFor(dirname(folder)));
    mappings.set(folder, result);
    return result;
  };

  const find = (specifier: string, folder: string): string | undefined => {
    if (specifier.startsWith(".")) return sourceFile(resolve(folder, specifier));
    for (const candidate of mapped(mappingsFor(folder), specifier)) {
      const file = sourceFile(candidate);
      if (file !== undefined) return file;
    }
    const parts = specifier.split("/");
    const name = parts.slice(0, specifier.startsWith("@") ? 2 : 1).join("/");
    const own = packages.get(name);
    if (own === undefined) return undefined;
    return entryOf(own, specifier === name ? "." : `.${specifier.slice(name.length)}`);
  };

  return (specifier, importer) => {
    const folder = dirname(importer);
    const key = `${folder}\0${specifier}`;
    if (!known.has(key)) {
      const file = find(specifier, folder);
      const inside = file !== undefined && file.startsWith(repository) && !file.includes("/node_modules/");
      known.set(key, inside ? file : undefined);
    }
    return known.get(key);
  };
}

function* mapped(mappings: readonly PathMapping[], specifier: string): Generator<string> {
  for (const { pattern, targets } of mappings) {
    const [before = "", after] = pattern.split("*");
    if (after === undefined ? specifier !== pattern : !(specifier.startsWith(before) && specifier.endsWith(after)))
      continue;
    const star = after === undefined ? "" : specifier.slice(before.length, specifier.length - after.length);
    for (const target of targets) yield target.replace("*", star);
  }
}

/** The mappings of the tsconfig in a folder, those it extends included; undefined where the folder has none. */
function readMappings(folder: string): PathMapping[] | undefined {
  const path = ["tsconfig.json", "tsconfig.base.json"].map((name) => join(folder, name)).find((at) => existsSync(at));
  if (path === undefined) return undefined;
  const { config }: { readonly config?: unknown } = ts.readConfigFile(path, (at) => ts.sys.readFile(at));
  // The files it includes are not asked for: listing them takes longer than all the rest.
  const host: ts.ParseConfigHost = { ...ts.sys, useCaseSensitiveFileNames: true, readDirectory: () => [] };
  const { options } = ts.parseJsonConfigFileContent(config, host, folder, undefined, path);
  const base = typeof options["baseUrl"] === "string" ? options["baseUrl"] : undefined;
  const from = base ?? (typeof options["pathsBasePath"] === "string" ? options["pathsBasePath"] : folder);
  const paths = Object.entries(options.paths ?? {}).map(([pattern, targets]) => {
    return { pattern, targets: targets.map((target) => resolve(from, target)) };
  });
  return base === undefined ? paths : [...paths, { pattern: "*", targets: [join(base, "*")] }];
}
