import { readFile, readdir } from "node:fs/promises";
import { isBuiltin } from "node:module";
import { join, posix } from "node:path";
import ts from "typescript";
import type { PackedManifest } from "./manifest.ts";
import { packageOf, specifiersOf } from "./specifiers.ts";

interface PackedFile {
  /** From the package's folder, with forward slashes: `dist/index.js`. */
  readonly path: string;
  readonly text: string;
}

/**
 * What would not work where the package is installed, in a sentence each: an export without its file, an import of what is
 * not there or not declared, a dependency that nothing imports, the tools of tests, an effect that is denied.
 */
export async function inspectPackage(folder: string, manifest: PackedManifest): Promise<readonly string[]> {
  const entries = await readdir(join(folder, "dist"), { recursive: true, withFileTypes: true });
  const files = await Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map(async (entry): Promise<PackedFile> => {
        const path = join(entry.parentPath, entry.name);
        const relative = path.slice(folder.length + 1).replaceAll("\\", "/");
        return { path: relative, text: await readFile(path, "utf8") };
      }),
  );
  return [
    ...missingExports(manifest, files),
    ...files.flatMap((file) => wrongImports(manifest, files, file)),
    ...unusedDependencies(manifest, files),
    ...toolsOfTests(manifest, files),
    ...(manifest.sideEffects === false ? files.flatMap(deniedEffects) : []),
  ];
}

function missingExports({ exports }: PackedManifest, files: readonly PackedFile[]): readonly string[] {
  return Object.entries(exports).flatMap(([subpath, { types, default: module }]) =>
    [types, module]
      .filter((target) => !files.some(({ path }) => `./${path}` === target))
      .map((target) => `exports["${subpath}"]: there is no ${target}`),
  );
}

function wrongImports(manifest: PackedManifest, files: readonly PackedFile[], file: PackedFile): readonly string[] {
  const isDeclaration = file.path.endsWith(".d.ts");
  return specifiersOf(file.path, file.text).flatMap(({ text }) => {
    if (!text.startsWith(".")) {
      if (isBuiltin(text) || declares(manifest, packageOf(text), isDeclaration)) return [];
      return [`${file.path} imports ${text}, which is not among the dependencies`];
    }
    const target = posix.join(posix.dirname(file.path), text);
    const needed = isDeclaration ? target.replace(/\.js$/, ".d.ts") : target;
    if (target.endsWith(".js") && files.some(({ path }) => path === needed)) return [];
    return [`${file.path} imports ${text}, which the package does not have`];
  });
}

function declares(manifest: PackedManifest, name: string, isDeclaration: boolean): boolean {
  const declared = { ...manifest.dependencies, ...manifest.peerDependencies };
  return name in declared || (isDeclaration && typesOf(name) in declared);
}

/** `pg` -> `@types/pg`, `@scope/name` -> `@types/scope__name` */
function typesOf(name: string): string {
  return `@types/${name.replace(/^@/, "").replace("/", "__")}`;
}

function unusedDependencies(manifest: PackedManifest, files: readonly PackedFile[]): readonly string[] {
  const imported = files.flatMap(({ path, text }) => specifiersOf(path, text).map((found) => packageOf(found.text)));
  const used = new Set(imported.flatMap((name) => [name, typesOf(name)]));
  return Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies })
    .filter((name) => !used.has(name))
    .map((name) => `dependencies.${name}: nothing in the package imports it`);
}

function toolsOfTests({ exports }: PackedManifest, files: readonly PackedFile[]): readonly string[] {
  if ("./testing" in exports) return [];
  return files
    .filter(({ path }) => path.startsWith("dist/testing/"))
    .map(({ path }) => `${path} is for tests, and there is no exports["./testing"]`);
}

/** `sideEffects: false` lets a bundler leave out a module of which no export is used: it must do nothing by itself. */
function deniedEffects({ path, text }: PackedFile): readonly string[] {
  if (!path.endsWith(".js")) return [];
  const acts = ts
    .createSourceFile(path, text, ts.ScriptTarget.Latest)
    .statements.some((statement) =>
      ts.isImportDeclaration(statement)
        ? statement.importClause === undefined
        : ts.isExpressionStatement(statement) && !ts.isStringLiteral(statement.expression),
    );
  return acts ? [`${path} does something when it is imported, and sideEffects is false`] : [];
}
