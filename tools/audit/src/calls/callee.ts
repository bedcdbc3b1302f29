import ts from "typescript";
import type { Project } from "../project/open.ts";
import { bare, isOwnFunction } from "./functions.ts";
import type { Implementations } from "./implementations.ts";

const maxDepth = 6;

/** The symbol behind an expression, through imports; undefined for what is not in the sources. */
export function symbolOf({ checker }: Project, node: ts.Node): ts.Symbol | undefined {
  const name = ts.isPropertyAccessExpression(node) ? node.name : node;
  const symbol = checker.getSymbolAtLocation(name);
  if (symbol === undefined) return undefined;
  if ((symbol.flags & ts.SymbolFlags.Alias) === 0) return symbol;
  const aliased = checker.getAliasedSymbol(symbol);
  return (aliased.declarations?.length ?? 0) > 0 ? aliased : symbol;
}

/** The functions that a call of `expression` may run, as far as the sources tell: several behind an interface. */
export function calleesOf(project: Project, expression: ts.Expression, implementations: Implementations): ts.Node[] {
  const found = new Set<ts.Node>();
  collect(project, bare(expression), implementations, found, 0);
  return [...found];
}

function collect(
  project: Project,
  expression: ts.Expression,
  implementations: Implementations,
  found: Set<ts.Node>,
  depth: number,
): void {
  if (depth > maxDepth) return;
  if (isOwnFunction(expression)) found.add(expression);
  if (!ts.isIdentifier(expression) && !ts.isPropertyAccessExpression(expression)) return;
  const declarations = symbolOf(project, expression)?.declarations ?? [];
  for (const declaration of declarations) fromDeclaration(project, declaration, implementations, found, depth);
}

function fromDeclaration(
  project: Project,
  declaration: ts.Declaration,
  implementations: Implementations,
  found: Set<ts.Node>,
  depth: number,
): void {
  if (isOwnFunction(declaration)) found.add(declaration);
  for (const implementation of implementations.of(declaration)) found.add(implementation);
  if (ts.isShorthandPropertyAssignment(declaration)) {
    const value = project.checker.getShorthandAssignmentValueSymbol(declaration);
    for (const next of value?.declarations ?? []) fromDeclaration(project, next, implementations, found, depth + 1);
  } else if (ts.isBindingElement(declaration)) {
    const property = boundProperty(project, declaration);
    for (const next of property?.declarations ?? []) fromDeclaration(project, next, implementations, found, depth + 1);
  } else if (
    (ts.isVariableDeclaration(declaration) ||
      ts.isPropertyAssignment(declaration) ||
      ts.isPropertyDeclaration(declaration)) &&
    declaration.initializer !== undefined
  ) {
    const value = bare(declaration.initializer);
    if (ts.isArrowFunction(value) || ts.isFunctionExpression(value)) found.add(value);
    else collect(project, value, implementations, found, depth + 1);
  }
}

/** The property that `{ name }` takes out of an object. */
export function boundProperty({ checker }: Project, element: ts.BindingElement): ts.Symbol | undefined {
  if (!ts.isObjectBindingPattern(element.parent)) return undefined;
  const name = element.propertyName ?? element.name;
  if (!ts.isIdentifier(name)) return undefined;
  return checker.getPropertyOfType(checker.getTypeAtLocation(element.parent), name.text);
}
