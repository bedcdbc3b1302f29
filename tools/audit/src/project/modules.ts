import { globSync, statSync } from "node:fs";
import { basename, dirname, join, relative, sep } from "node:path";
import { ExpectedError } from "@banyan/service";
import { workspacePackages } from "./packages.ts";

/** The name of the files that are in no module. */
export const rest = "(rest)";
/** The name of the files outside of the audited folder that it imports. */
export const outside = "(outside)";

/** Which file is in which module. */
export interface Modules {
  /** How they were found, in words. */
  readonly by: string;
  /** Folders by name, relative to the project, with slashes; sorted. */
  readonly folders: ReadonlyMap<string, string>;
  /** @param file relative to the project */
  moduleOf(file: string): string;
}

/**
 * Finds the modules of a project: by the globs that were given; else, of these rules, the first that finds two: the
 * packages of its workspace, `src/modules/*`, the folders with a `*.module.ts` (NestJS), `src/*`, the folders at the top.
 *
 * @param files TypeScript, relative to `root`
 * @throws {ExpectedError} when a given glob matches no folder with TypeScript
 */
export function findModules(root: string, files: readonly string[], globs: readonly string[]): Modules {
  if (globs.length > 0)
    return named(
      "as given by --modules",
      globs.flatMap((glob) => matching(root, glob, files)),
    );
  const rules: readonly (readonly [string, () => string[]])[] = [
    ["the packages of the workspace", () => packageFolders(root)],
    ["the folders in src/modules", () => below(files, "src/modules/")],
    ["the folders with a *.module.ts, as NestJS has them", () => nestFolders(files)],
    ["the folders in src", () => below(files, "src/")],
    ["the folders at the top", () => below(files, "")],
  ];
  for (const [by, find] of rules) {
    const folders = find().filter((folder) => files.some((file) => file.startsWith(`${folder}/`)));
    if (folders.length >= 2) return named(by, folders);
  }
  return named("none: all files are in one folder", []);
}

function matching(root: string, glob: string, files: readonly string[]): string[] {
  const folders = globSync(glob, { cwd: root, exclude: ["**/node_modules/**"] })
    .filter((path) => statSync(join(root, path)).isDirectory())
    .map((path) => path.split(sep).join("/").replace(/\/$/, ""))
    .filter((folder) => files.some((file) => file.startsWith(`${folder}/`)));
  if (folders.length === 0)
    throw new ExpectedError(`--modules ${JSON.stringify(glob)}: matches no folder with TypeScript below ${root}`);
  return folders;
}

function packageFolders(root: string): string[] {
  return workspacePackages(root).map(({ folder }) => relative(root, folder).split(sep).join("/"));
}

function below(files: readonly string[], prefix: string): string[] {
  const folders = files
    .filter((file) => file.startsWith(prefix) && file.slice(prefix.length).includes("/"))
    .map((file) => prefix + (file.slice(prefix.length).split("/")[0] ?? ""));
  return [...new Set(folders)];
}

function nestFolders(files: readonly string[]): string[] {
  const folders = files.filter((file) => file.endsWith(".module.ts")).map((file) => dirname(file));
  // The folder of app.module.ts holds all others: it is the composition root.
  return [...new Set(folders)].filter((folder) => folder !== "." && !["src", "app", "src/app"].includes(folder));
}

function named(by: string, found: readonly string[]): Modules {
  const unique = [...new Set(found)].sort();
  const folders = new Map(unique.map((folder) => [nameOf(folder, unique), folder]));
  // The longest first: a module inside another is a module of its own.
  const byLength = [...folders].sort(([, a], [, b]) => b.length - a.length);
  return {
    by,
    folders,
    moduleOf(file) {
      if (file.startsWith("../")) return outside;
      return byLength.find(([, folder]) => file.startsWith(`${folder}/`))?.[0] ?? rest;
    },
  };
}

/** The last name of the folder that is alone in having it; the whole path otherwise. */
function nameOf(folder: string, all: readonly string[]): string {
  const name = basename(folder);
  return all.filter((other) => basename(other) === name).length === 1 ? name : folder;
}
