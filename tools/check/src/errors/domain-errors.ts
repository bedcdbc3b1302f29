import ts from "typescript";
import { lineOf, nodesOf } from "../source.ts";
import { isProduction, typescriptBelow, type Workspace } from "../workspace.ts";

/** A class that extends DomainError, as its source spells it. */
export interface DomainErrorClass {
  readonly name: string;
  readonly path: string;
  readonly line: number;
  /** undefined where it is no literal; so is `reason`. */
  readonly kind: string | undefined;
  readonly reason: string | undefined;
  /** Names of the facts; undefined where they are no object literal. */
  readonly facts: readonly string[] | undefined;
  /** What a refusal is about; undefined where there is none, or where its type is no literal. */
  readonly resource: { readonly type: string; readonly isNamed: boolean } | undefined;
  /** What its constructor takes, in snake_case as contracts spell it. */
  readonly parameters: readonly string[];
}

/** The errors that every domain has: those of libs/errors. */
export function errorsOfAllDomains(workspace: Workspace): DomainErrorClass[] {
  return errorsBelow(workspace, "libs/errors/src");
}

/** The errors of the services, wherever in apps they stand. */
export function serviceErrors(workspace: Workspace): DomainErrorClass[] {
  return errorsBelow(workspace, "apps");
}

/** `apps/user-service/src/domain/errors.ts` -> user; in an app of several domains, the folder above the domain's. */
export function serviceOf(path: string): string | undefined {
  const [, service, folder] = /^apps\/(?:([^/]+)-service|[^/]+)\/src\/(?:([^/]+)\/)?domain\//.exec(path) ?? [];
  return folder ?? service;
}

function errorsBelow(workspace: Workspace, folder: string): DomainErrorClass[] {
  return typescriptBelow(workspace, folder)
    .filter(isProduction)
    .flatMap((path) => {
      const source = workspace.source(path);
      const classes = [...nodesOf(source)].filter((node) => ts.isClassLike(node)).filter(extendsDomainError);
      return classes.map((node) => ({ path, line: lineOf(source, node), ...readClass(node) }));
    });
}

function extendsDomainError({ heritageClauses }: ts.ClassLikeDeclaration): boolean {
  const bases = heritageClauses?.filter(({ token }) => token === ts.SyntaxKind.ExtendsKeyword) ?? [];
  return bases.some(({ types }) => types[0]?.expression.getText() === "DomainError");
}

function readClass(node: ts.ClassLikeDeclaration): Omit<DomainErrorClass, "path" | "line"> {
  const [, facts, resource] = superArguments(node);
  return {
    name: node.name?.text ?? "a class without a name",
    kind: literalProperty(node, "kind"),
    reason: literalProperty(node, "reason"),
    facts: facts === undefined ? [] : namesIn(facts),
    resource: resource === undefined ? undefined : readResource(resource),
    parameters: constructorOf(node)?.parameters.map(({ name }) => snakeCase(name.getText())) ?? [],
  };
}

function literalProperty(node: ts.ClassLikeDeclaration, name: string): string | undefined {
  const property = node.members.find((member) => ts.isPropertyDeclaration(member) && member.name.getText() === name);
  if (property === undefined || !ts.isPropertyDeclaration(property)) return undefined;
  return property.initializer && textOf(property.initializer);
}

function constructorOf(node: ts.ClassLikeDeclaration): ts.ConstructorDeclaration | undefined {
  return node.members.find((member) => ts.isConstructorDeclaration(member));
}

function superArguments(node: ts.ClassLikeDeclaration): readonly ts.Expression[] {
  const body = constructorOf(node)?.body;
  for (const inner of body === undefined ? [] : nodesOf(body)) {
    if (ts.isCallExpression(inner) && inner.expression.kind === ts.SyntaxKind.SuperKeyword) return inner.arguments;
  }
  return [];
}

function namesIn(facts: ts.Expression): string[] | undefined {
  if (!ts.isObjectLiteralExpression(facts)) return undefined;
  const names = facts.properties.map(({ name }) => name?.getText().replace(/^["'](.*)["']$/, "$1"));
  return names.every((name) => name !== undefined) ? names : undefined;
}

function readResource(resource: ts.Expression): DomainErrorClass["resource"] {
  if (!ts.isObjectLiteralExpression(resource)) return undefined;
  const type = resource.properties.find((property) => property.name?.getText() === "type");
  const text = type !== undefined && ts.isPropertyAssignment(type) ? textOf(type.initializer) : undefined;
  return text === undefined ? undefined : { type: text, isNamed: namesIn(resource)?.includes("name") === true };
}

/** The text of a string literal, `as const` or not. */
function textOf(expression: ts.Expression): string | undefined {
  const inner = ts.isAsExpression(expression) ? expression.expression : expression;
  return ts.isStringLiteralLike(inner) ? inner.text : undefined;
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (capital) => `_${capital.toLowerCase()}`);
}
