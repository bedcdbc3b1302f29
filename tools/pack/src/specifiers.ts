import ts from "typescript";

/** Where a file names a module: `start` and `end` of the name between its quotes. */
export interface Specifier {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** All modules that a source, a compiled file or a declaration file names: import, export from, import(), import type. */
export function specifiersOf(path: string, text: string): readonly Specifier[] {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest);
  const found: Specifier[] = [];
  const visit = (node: ts.Node): void => {
    const name = specifierOf(node);
    if (name !== undefined && ts.isStringLiteralLike(name)) {
      found.push({ text: name.text, start: name.getStart(source) + 1, end: name.end - 1 });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function specifierOf(node: ts.Node): ts.Node | undefined {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return node.moduleSpecifier;
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) return node.argument.literal;
  if (ts.isModuleDeclaration(node)) return node.name; // declare module "…", by which types are augmented
  if (!ts.isCallExpression(node)) return undefined;
  const imports = node.expression.kind === ts.SyntaxKind.ImportKeyword;
  return imports ? node.arguments[0] : undefined;
}

/**
 * In declarations tsc leaves `./watch.ts` as the sources have it, and a package has no such file; in JavaScript it has
 * written `./watch.js` already.
 */
export function withCompiledSpecifiers(path: string, text: string): string {
  return specifiersOf(path, text)
    .filter((specifier) => specifier.text.startsWith(".") && specifier.text.endsWith(".ts"))
    .reduceRight(
      (rest, { start, end }) => rest.slice(0, start) + rest.slice(start, end - 3) + ".js" + rest.slice(end),
      text,
    );
}

/** `@banyan/registry/testing` -> `@banyan/registry`, `zod/mini` -> `zod`. */
export function packageOf(specifier: string): string {
  return specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/");
}
