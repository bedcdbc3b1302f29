import ts from "typescript";
import { declaredType, declaredValue } from "./declared.ts";
import type { Project } from "../project/open.ts";
import { boundProperty, calleesOf, symbolOf } from "./callee.ts";
import { bare, isOwnFunction } from "./functions.ts";
import type { Implementations } from "./implementations.ts";

const maxDepth = 8;
const clientMakers = new Set(["createClient", "createPromiseClient", "createCallbackClient"]);
const clientTypes = new Set(["Client", "PromiseClient", "CallbackClient"]);

/** A contract that is added to a Connect router, with its handlers by the name of the method. */
export interface Served {
  readonly service: string;
  readonly at: ts.Node;
  readonly handlers: ReadonlyMap<string, ts.Node>;
}

/**
 * The contract that an expression is a Connect client of: made by `createClient(UserService, …)`, or of the type
 * `Client<typeof UserService>`, followed through variables, parameters, members and functions that return one.
 */
export function clientService(
  project: Project,
  expression: ts.Expression,
  implementations: Implementations,
): string | undefined {
  const ofExpression = (value: ts.Expression, depth: number): string | undefined => {
    const at = bare(value);
    if (depth > maxDepth) return undefined;
    if (ts.isCallExpression(at)) {
      const [contract] = at.arguments;
      if (ts.isIdentifier(at.expression) && clientMakers.has(at.expression.text) && contract !== undefined)
        return descriptorName(project, contract);
      for (const callee of calleesOf(project, at.expression, implementations)) {
        const service = ofFunction(callee, depth + 1);
        if (service !== undefined) return service;
      }
      return undefined;
    }
    if (!ts.isIdentifier(at) && !ts.isPropertyAccessExpression(at)) return undefined;
    return ofSymbol(symbolOf(project, at), depth + 1);
  };

  const ofSymbol = (symbol: ts.Symbol | undefined, depth: number): string | undefined => {
    if (depth > maxDepth) return undefined;
    for (const declaration of symbol?.declarations ?? []) {
      const service = ofDeclaration(declaration, depth);
      if (service !== undefined) return service;
    }
    return undefined;
  };

  const ofDeclaration = (declaration: ts.Declaration, depth: number): string | undefined => {
    if (ts.isBindingElement(declaration)) return ofSymbol(boundProperty(project, declaration), depth + 1);
    if (ts.isShorthandPropertyAssignment(declaration))
      return ofSymbol(project.checker.getShorthandAssignmentValueSymbol(declaration), depth + 1);
    const service = ofType(declaredType(declaration), depth + 1);
    if (service !== undefined) return service;
    const value = declaredValue(declaration);
    return value === undefined ? undefined : ofExpression(value, depth + 1);
  };

  const ofType = (type: ts.TypeNode | undefined, depth: number): string | undefined => {
    if (type === undefined || depth > maxDepth || !ts.isTypeReferenceNode(type)) return undefined;
    const [argument] = type.typeArguments ?? [];
    const name = type.typeName.getText();
    if (clientTypes.has(name) && argument !== undefined && ts.isTypeQueryNode(argument))
      return descriptorName(project, argument.exprName);
    if (name === "Promise") return ofType(argument, depth + 1);
    const alias = symbolOf(project, type.typeName)?.declarations?.find(ts.isTypeAliasDeclaration);
    return ofType(alias?.type, depth + 1);
  };

  const ofFunction = (node: ts.Node, depth: number): string | undefined => {
    if (!isOwnFunction(node)) return undefined;
    const service = ofType(node.type, depth);
    if (service !== undefined) return service;
    for (const value of returned(node)) {
      const found = ofExpression(value, depth + 1);
      if (found !== undefined) return found;
    }
    return undefined;
  };

  return ofExpression(expression, 0);
}

/** What `router.service(UserService, implementation)` serves; undefined for any other call. */
export function served(
  project: Project,
  call: ts.CallExpression,
  implementations: Implementations,
): Served | undefined {
  const [contract, implementation] = call.arguments;
  const { expression } = call;
  if (!ts.isPropertyAccessExpression(expression) || expression.name.text !== "service") return undefined;
  if (contract === undefined || implementation === undefined) return undefined;
  if (!ts.isIdentifier(contract) && !ts.isPropertyAccessExpression(contract)) return undefined;
  const handlers = new Map<string, ts.Node>();
  for (const [name, handler] of membersOf(project, implementation, implementations, 0)) handlers.set(name, handler);
  return { service: descriptorName(project, contract), at: call, handlers };
}

/** The function members of an object: written out, made by a function, or of a class. */
function* membersOf(
  project: Project,
  expression: ts.Expression,
  implementations: Implementations,
  depth: number,
): Generator<readonly [string, ts.Node]> {
  if (depth > maxDepth) return;
  const value = bare(expression);
  if (ts.isObjectLiteralExpression(value)) {
    for (const property of value.properties) {
      if (ts.isSpreadAssignment(property)) yield* membersOf(project, property.expression, implementations, depth + 1);
      else if (isOwnFunction(property)) yield [property.name?.getText() ?? "", property];
      else if (ts.isPropertyAssignment(property)) {
        const own = bare(property.initializer);
        const callees = isOwnFunction(own) ? [own] : calleesOf(project, own, implementations);
        for (const callee of callees) yield [property.name.getText(), callee];
      } else if (ts.isShorthandPropertyAssignment(property)) {
        const symbol = project.checker.getShorthandAssignmentValueSymbol(property);
        const found = symbol?.declarations?.find(isOwnFunction);
        if (found !== undefined) yield [property.name.text, found];
      }
    }
  } else if (ts.isCallExpression(value)) {
    for (const callee of calleesOf(project, value.expression, implementations)) {
      if (!isOwnFunction(callee)) continue;
      for (const result of returned(callee)) yield* membersOf(project, result, implementations, depth + 1);
    }
  } else if (ts.isNewExpression(value)) {
    const made = symbolOf(project, value.expression)?.declarations?.find(ts.isClassLike);
    for (const member of made?.members ?? []) if (isOwnFunction(member)) yield [member.name?.getText() ?? "", member];
  } else if (ts.isIdentifier(value)) {
    const declaration = symbolOf(project, value)?.declarations?.find(ts.isVariableDeclaration);
    if (declaration?.initializer !== undefined)
      yield* membersOf(project, declaration.initializer, implementations, depth + 1);
  }
}

/** What a function returns, as written; not what functions inside it return. */
export function returned(node: ts.FunctionLikeDeclaration): ts.Expression[] {
  if (node.body === undefined) return [];
  if (!ts.isBlock(node.body)) return [node.body];
  const found: ts.Expression[] = [];
  const visit = (at: ts.Node): void => {
    if (ts.isReturnStatement(at) && at.expression !== undefined) found.push(at.expression);
    else if (!ts.isFunctionLike(at)) ts.forEachChild(at, visit);
  };
  ts.forEachChild(node.body, visit);
  return found;
}

/** The contract's own name. Where its package cannot be read, what it is called there tells, be it in a namespace. */
function descriptorName(project: Project, name: ts.Node): string {
  const found = symbolOf(project, name)?.name;
  if (found !== undefined) return found;
  if (ts.isPropertyAccessExpression(name)) return name.name.text;
  return ts.isQualifiedName(name) ? name.right.text : name.getText();
}
