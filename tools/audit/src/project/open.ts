import { dirname, join, relative, sep } from "node:path";
import ts from "typescript";
import type { NotUnderstood, Place } from "../report.ts";
import { findModules, type Modules } from "./modules.ts";
import { createResolver, type Resolver } from "./resolve.ts";
import { walk, type ProjectFiles } from "./walk.ts";

/** Nodes within nodes; what people write stays below 100, and what is deeper, programs wrote. */
const maxDepth = 500;

/** The sources of an audited project, parsed and bound, their types to be asked for. */
export interface Project {
  /** Absolute. */
  readonly root: string;
  readonly found: ProjectFiles;
  readonly modules: Modules;
  readonly checker: ts.TypeChecker;
  /** The audited files; not those outside of the folder that they import. */
  readonly files: readonly ts.SourceFile[];
  readonly unparsable: readonly (Place & { readonly message: string })[];
  readonly resolve: Resolver;
  isAudited(source: ts.SourceFile): boolean;
  place(node: ts.Node): Place;
  moduleOf(node: ts.Node): string;
}

/**
 * Reads a project. The type checker is only asked for what a name means and is never run over all: that costs a tenth
 * of a whole type check. Nothing of node_modules is read.
 *
 * @param globs of module folders; none to find them
 */
export function openProject(root: string, globs: readonly string[]): Project {
  const found = walk(root);
  const resolve = createResolver(root);
  const options: ts.CompilerOptions = {
    target: ts.ScriptTarget.ESNext,
    module: ts.ModuleKind.Preserve,
    strict: true,
    noEmit: true,
    types: [],
    lib: ["lib.esnext.d.ts"],
    jsx: ts.JsxEmit.Preserve,
    experimentalDecorators: true,
    allowImportingTsExtensions: true,
    skipLibCheck: true,
  };
  const library = dirname(ts.getDefaultLibFilePath(options));
  const host = ts.createCompilerHost(options, true);
  host.getDefaultLibLocation = () => library;
  const tooDeep = parseAll(host);
  host.resolveModuleNameLiterals = (literals, importer) =>
    literals.map((literal) => ({ resolvedModule: resolved(resolve(literal.text, importer)) }));
  host.resolveTypeReferenceDirectiveReferences = (references) =>
    references.map(() => ({ resolvedTypeReferenceDirective: undefined }));
  const names = found.typescript.map((path) => join(root, path));
  const program = ts.createProgram(names, options, host);
  const audited = new Set(names.map((name) => program.getSourceFile(name)).filter((file) => file !== undefined));
  const modules = findModules(root, found.typescript, globs);

  const pathOf = (source: ts.SourceFile): string => relative(root, source.fileName).split(sep).join("/");
  const modulesByFile = new Map<ts.SourceFile, string>();
  return {
    root,
    found,
    modules,
    checker: program.getTypeChecker(),
    files: [...audited],
    unparsable: [...audited].flatMap((source) => {
      if (tooDeep.has(source.fileName))
        return [{ file: pathOf(source), line: 1, message: "nested too deeply to parse" }];
      const [first] = program.getSyntacticDiagnostics(source);
      if (first === undefined) return [];
      const line = source.getLineAndCharacterOfPosition(first.start).line + 1;
      return [{ file: pathOf(source), line, message: ts.flattenDiagnosticMessageText(first.messageText, " ") }];
    }),
    resolve,
    isAudited: (source) => audited.has(source),
    place(node) {
      const source = node.getSourceFile();
      return { file: pathOf(source), line: source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1 };
    },
    moduleOf(node) {
      const source = node.getSourceFile();
      const known = modulesByFile.get(source);
      if (known !== undefined) return known;
      const module = modules.moduleOf(pathOf(source));
      modulesByFile.set(source, module);
      return module;
    },
  };
}

/** Makes a file that is nested deeper than a stack an empty one; answers the names of those, as they come. */
function parseAll(host: ts.CompilerHost): ReadonlySet<string> {
  const tooDeep = new Set<string>();
  const parse = host.getSourceFile.bind(host);
  host.getSourceFile = (name, options, ...others) => {
    try {
      const source = parse(name, options, ...others);
      if (source === undefined || source.isDeclarationFile || !isDeeper(source, maxDepth)) return source;
    } catch (error) {
      // The parser itself goes down by calling itself.
      if (!(error instanceof RangeError)) throw error;
    }
    tooDeep.add(name);
    return ts.createSourceFile(name, "", options, true);
  };
  return tooDeep;
}

function isDeeper(source: ts.SourceFile, most: number): boolean {
  let level: ts.Node[] = [source];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > most) return true;
    const next: ts.Node[] = [];
    for (const node of level)
      ts.forEachChild(node, (child) => {
        next.push(child);
      });
    level = next;
  }
  return false;
}

function resolved(file: string | undefined): ts.ResolvedModuleFull | undefined {
  if (file === undefined) return undefined;
  const extension = /\.[cm]?tsx?$/.exec(file)?.[0] ?? ts.Extension.Ts;
  return { resolvedFileName: file, extension, isExternalLibraryImport: false };
}

/** Something that was seen and is not understood, to be listed. */
export function notUnderstood(project: Project, node: ts.Node, what: string, why: string): NotUnderstood {
  return { ...project.place(node), what, why, text: oneLine(node.getText()) };
}

/** At most 120 characters, on one line. */
export function oneLine(text: string): string {
  const flat = text.replace(/\s+/g, " ").trim();
  return flat.length > 120 ? `${flat.slice(0, 119)}…` : flat;
}
