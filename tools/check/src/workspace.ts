import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { anyOwner } from "./command.ts";

/** What the rules read of a package.json. */
export interface Manifest {
  readonly name: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly nx?: {
    readonly tags?: readonly string[];
    readonly targets?: Readonly<Record<string, { readonly command?: string }>>;
  };
}

/** An Nx project: a folder below apps, libs or tools that has a package.json. */
export interface Project {
  readonly name: string;
  /** Relative to the workspace: `libs/registry`. */
  readonly root: string;
  readonly manifest: Manifest;
}

/** The tree that the rules judge: files by their path relative to the root, with forward slashes. */
export interface Workspace {
  readonly projects: readonly Project[];
  readonly manifest: Manifest;
  readonly paths: readonly string[];
  /** @throws when no file has this path */
  text(path: string): string;
  /** The parsed TypeScript of a file; parsed once. */
  source(path: string): ts.SourceFile;
}

const projectManifest = /^((?:apps|libs|tools)\/(?:[^/]+\/)+)package\.json$/;

/** A workspace of these files; `read` is asked for a file's text when a rule first needs it. */
export function createWorkspace(paths: readonly string[], read: (path: string) => string): Workspace {
  const sources = new Map<string, ts.SourceFile>();
  const manifestAt = (path: string): Manifest => {
    const manifest: Manifest = JSON.parse(read(path));
    return manifest;
  };
  return {
    paths,
    text: read,
    manifest: manifestAt("package.json"),
    projects: paths.flatMap((path) => {
      const folder = projectManifest.exec(path)?.[1];
      if (folder === undefined) return [];
      const manifest = manifestAt(path);
      return [{ name: manifest.name, root: folder.slice(0, -1), manifest }];
    }),
    source(path) {
      const known = sources.get(path);
      if (known !== undefined) return known;
      const parsed = ts.createSourceFile(path, read(path), ts.ScriptTarget.Latest, true);
      sources.set(path, parsed);
      return parsed;
    },
  };
}

/** The tree at `root` as git sees it: tracked and new files, without the ignored ones. */
export function readWorkspace(root: string): Workspace {
  return createWorkspace(listFiles(root), (path) => readFileSync(join(root, path), "utf8"));
}

/** Every file that git tracks or would add, as it stands in the working tree; sorted. */
export function listFiles(root: string): string[] {
  const listed = execFileSync("git", [...anyOwner, "ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
    cwd: root,
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  });
  const paths = new Set(listed.split("\0").filter((path) => path !== "" && existsSync(join(root, path))));
  return [...paths].sort();
}

/** The project that a file belongs to: the one with the longest root above it. */
export function projectOf(workspace: Workspace, path: string): Project | undefined {
  return workspace.projects
    .filter((project) => path.startsWith(`${project.root}/`))
    .sort((a, b) => b.root.length - a.root.length)[0];
}

/** The TypeScript files below a folder (`""`: of the whole tree), generated ones included. */
export function typescriptBelow(workspace: Workspace, folder: string): string[] {
  const prefix = folder === "" ? "" : `${folder}/`;
  return workspace.paths.filter((path) => path.startsWith(prefix) && /\.[cm]?tsx?$/.test(path));
}

/** False for what only tests and tools run: `*.test.ts`, the configuration of vitest, and `src/testing/`. */
export function isProduction(path: string): boolean {
  return !/\.test\.ts$|(^|\/)vitest(\.[a-z]+)?\.config\.ts$|\/src\/testing\//.test(path);
}

/** The line, from 1, where a package.json names `key`. */
export function manifestLine(workspace: Workspace, path: string, key: string): number {
  const at = workspace.text(path).indexOf(`"${key}":`);
  return workspace.text(path).slice(0, Math.max(at, 0)).split("\n").length;
}
