import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseDocument } from "yaml";

/** A package of a workspace. */
export interface Package {
  readonly name: string;
  /** Absolute. */
  readonly folder: string;
  readonly manifest: Readonly<Record<string, unknown>>;
}

/** The folder with .git at or above `folder`; `folder` itself where there is none. */
export function repositoryRoot(folder: string): string {
  for (let at = folder; ; at = dirname(at)) {
    if (existsSync(join(at, ".git"))) return at;
    if (at === dirname(at)) return folder;
  }
}

/** The packages of the workspace that is declared in `folder`: by npm, yarn or pnpm; none where it declares none. */
export function workspacePackages(folder: string): Package[] {
  const patterns = [...npmPatterns(folder), ...pnpmPatterns(folder)];
  const wanted = patterns.filter((pattern) => !pattern.startsWith("!"));
  const unwanted = patterns.filter((pattern) => pattern.startsWith("!")).map((pattern) => pattern.slice(1));
  const manifests = wanted.flatMap((pattern) =>
    globSync(`${pattern.replace(/\/$/, "")}/package.json`, {
      cwd: folder,
      exclude: ["**/node_modules/**", ...unwanted],
    }),
  );
  return [...new Set(manifests)].sort().flatMap((path) => {
    const manifest = readJson(join(folder, path));
    const name = manifest["name"];
    return typeof name === "string" ? [{ name, folder: dirname(join(folder, path)), manifest }] : [];
  });
}

function npmPatterns(folder: string): string[] {
  const declared = readJson(join(folder, "package.json"))["workspaces"];
  return strings(isRecord(declared) ? declared["packages"] : declared);
}

function pnpmPatterns(folder: string): string[] {
  const path = join(folder, "pnpm-workspace.yaml");
  if (!existsSync(path)) return [];
  const document = parseDocument(readFileSync(path, "utf8"));
  const declared: unknown = document.errors.length > 0 ? undefined : document.toJS();
  return isRecord(declared) ? strings(declared["packages"]) : [];
}

/** The record in a JSON file; empty where there is no such file, or something else in it. */
export function readJson(path: string): Readonly<Record<string, unknown>> {
  if (!existsSync(path)) return {};
  try {
    const value: unknown = JSON.parse(readFileSync(path, "utf8"));
    return isRecord(value) ? value : {};
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}

/** The source file behind `subpath` of a package (`"."`, `"./testing"`): what its exports say, or where it is kept by habit. */
export function entryOf({ folder, manifest }: Package, subpath: string): string | undefined {
  const exported = manifest["exports"];
  const exportedTo = typeof exported === "string" && subpath !== "." ? [] : conditions(exported, subpath);
  const bare = subpath === "." ? "index" : subpath.slice(2);
  const candidates = [
    ...exportedTo,
    ...(subpath === "." ? strings([manifest["types"], manifest["module"], manifest["main"]]) : []),
    `src/${bare}`,
    `src/${bare}/index`,
    bare,
    `${bare}/index`,
  ];
  for (const candidate of candidates) {
    const file = sourceFile(join(folder, candidate));
    if (file !== undefined) return file;
  }
  return undefined;
}

function conditions(exported: unknown, subpath: string): string[] {
  if (typeof exported === "string") return [exported];
  if (!isRecord(exported)) return [];
  const entry = subpath in exported ? exported[subpath] : subpath === "." && !("." in exported) ? exported : undefined;
  if (typeof entry === "string") return [entry];
  if (!isRecord(entry)) return [];
  return Object.values(entry).flatMap((value) => conditions({ [subpath]: value }, subpath));
}

/** `path` as TypeScript would find it: with an extension, `.js` written for `.ts`, or an index; never a declaration. */
export function sourceFile(path: string): string | undefined {
  const stem = path.replace(/\.([cm]?)jsx?$/, "");
  const candidates = [
    ...(/(?<!\.d)\.[cm]?tsx?$/.test(path) ? [path] : []),
    ...[".ts", ".tsx", ".mts", ".cts"].map((extension) => stem + extension),
    ...["index.ts", "index.tsx"].map((index) => join(path, index)),
  ];
  return candidates.find((candidate) => existsSync(candidate));
}
