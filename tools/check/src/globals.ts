import ts from "typescript";
import { lineOf, nodesOf } from "./source.ts";

/** A use of something that belongs to the process and not to the code: its clock, its environment, its end. */
export interface GlobalUse {
  readonly kind: "clock" | "environment" | "exit";
  /** As a reader would spell it: `Date.now`. */
  readonly name: string;
  readonly line: number;
}

const kinds: ReadonlyMap<string, GlobalUse["kind"]> = new Map([
  ["Date.now", "clock"],
  ["new Date()", "clock"],
  ["Date()", "clock"],
  ["performance.now", "clock"],
  ["performance.timeOrigin", "clock"],
  ["process.hrtime", "clock"],
  ["process.uptime", "clock"],
  ["Temporal.Now", "clock"],
  ["process.env", "environment"],
  ["process.loadEnvFile", "environment"],
  ["process.exit", "exit"],
  ["process.reallyExit", "exit"],
  ["process.abort", "exit"],
]);

/** Finds them in a file: written out, taken apart (`const { env } = process`), or imported from node:process. */
export function globalUsesOf(source: ts.SourceFile): GlobalUse[] {
  const aliases = processNamesIn(source);
  const found: GlobalUse[] = [];
  for (const node of nodesOf(source)) {
    for (const name of namesUsedBy(node, aliases)) {
      const kind = kinds.get(name);
      if (kind !== undefined) found.push({ kind, name, line: lineOf(source, node) });
    }
  }
  return found;
}

/** What a file calls the global `process`: that, and what `import proc from "node:process"` calls it. */
function processNamesIn(source: ts.SourceFile): ReadonlySet<string> {
  const names = new Set(["process"]);
  for (const statement of source.statements) {
    if (!ts.isImportDeclaration(statement) || !importsProcess(statement)) continue;
    const bindings = statement.importClause?.namedBindings;
    if (statement.importClause?.name !== undefined) names.add(statement.importClause.name.text);
    if (bindings !== undefined && ts.isNamespaceImport(bindings)) names.add(bindings.name.text);
  }
  return names;
}

function importsProcess({ moduleSpecifier }: { readonly moduleSpecifier: ts.Expression }): boolean {
  return ts.isStringLiteral(moduleSpecifier) && /^(node:)?process$/.test(moduleSpecifier.text);
}

function namesUsedBy(node: ts.Node, aliases: ReadonlySet<string>): string[] {
  if (ts.isPropertyAccessExpression(node)) return [`${objectName(node.expression, aliases)}.${node.name.text}`];
  if (ts.isElementAccessExpression(node) && ts.isStringLiteralLike(node.argumentExpression))
    return [`${objectName(node.expression, aliases)}.${node.argumentExpression.text}`];
  if (ts.isNewExpression(node) && (node.arguments?.length ?? 0) === 0)
    return [`new ${objectName(node.expression, aliases)}()`];
  if (ts.isCallExpression(node)) return [`${objectName(node.expression, aliases)}()`];
  if (ts.isVariableDeclaration(node) && node.initializer !== undefined && ts.isObjectBindingPattern(node.name)) {
    const object = objectName(node.initializer, aliases);
    return node.name.elements.map((element) => `${object}.${(element.propertyName ?? element.name).getText()}`);
  }
  if (ts.isImportSpecifier(node) && importsProcess(node.parent.parent.parent))
    return [`process.${(node.propertyName ?? node.name).text}`];
  return [];
}

/** The global that an expression names, `globalThis.` left out; undefined for anything but a name. */
function objectName(expression: ts.Expression, aliases: ReadonlySet<string>): string | undefined {
  if (ts.isIdentifier(expression)) return aliases.has(expression.text) ? "process" : expression.text;
  if (!ts.isPropertyAccessExpression(expression) || !ts.isIdentifier(expression.name)) return undefined;
  return objectName(expression.expression, aliases) === "globalThis" ? objectName(expression.name, aliases) : undefined;
}
