import ts from "typescript";
import type { Project } from "../project/open.ts";
import type { Place } from "../report.ts";

/** A function, method or the top level of a file: what makes calls, and what is called. */
export interface Func {
  /** `createOrders`, `OrderService.place`, `(top level)`. */
  readonly name: string;
  /** The function, or the file. */
  readonly node: ts.Node;
  readonly module: string;
  readonly place: Place;
  readonly calls: Call[];
}

export type Call = Place & {
  readonly node: ts.Node;
  readonly from: Func;
  readonly inLoop: boolean;
  /** Handed over to be called, instead of called. */
  readonly handedOver: boolean;
} & (
    | { readonly kind: "call"; readonly targets: readonly Func[] }
    /** Through a Connect client; the handlers are known where the project serves that contract. */
    | { readonly kind: "rpc"; readonly service: string; readonly method: string; readonly targets: readonly Func[] }
    | { readonly kind: "http"; readonly target: string; readonly targets: readonly [] }
  );

/** All functions that were met, by their nodes. */
export interface Functions {
  of(node: ts.Node): Func;
  all(): Iterable<Func>;
}

export function createFunctions(project: Project): Functions {
  const known = new Map<ts.Node, Func>();
  return {
    of(node) {
      const found = known.get(node);
      if (found !== undefined) return found;
      const made: Func = {
        name: nameOf(node),
        node,
        module: project.moduleOf(node),
        place: project.place(node),
        calls: [],
      };
      known.set(node, made);
      return made;
    },
    all: () => known.values(),
  };
}

/**
 * Whether a node is a function in its own right: declared, a member, or the value of a name. Any other, the callback of
 * a call for one, counts as a part of the function around it.
 */
export function isOwnFunction(node: ts.Node): node is ts.FunctionLikeDeclaration {
  if (!ts.isFunctionLike(node) || !("body" in node) || node.body === undefined) return false;
  if (!ts.isArrowFunction(node) && !ts.isFunctionExpression(node)) return true;
  const { parent } = node;
  return ts.isVariableDeclaration(parent) || ts.isPropertyAssignment(parent) || ts.isPropertyDeclaration(parent);
}

/** The value without parentheses, `as`, `satisfies`, `!` and `await` around it. */
export function bare(expression: ts.Expression): ts.Expression {
  let at = expression;
  while (
    ts.isParenthesizedExpression(at) ||
    ts.isAsExpression(at) ||
    ts.isSatisfiesExpression(at) ||
    ts.isNonNullExpression(at) ||
    ts.isAwaitExpression(at)
  )
    at = at.expression;
  return at;
}

function nameOf(node: ts.Node): string {
  if (ts.isSourceFile(node)) return "(top level)";
  const owner = ownerName(node);
  const own = ownName(node);
  return owner === undefined ? own : `${owner}.${own}`;
}

function ownName(node: ts.Node): string {
  if (ts.isConstructorDeclaration(node)) return "constructor";
  const named = ts.isArrowFunction(node) || ts.isFunctionExpression(node) ? node.parent : node;
  const name = nameNode(named);
  return name === undefined ? "(anonymous)" : name.getText();
}

function ownerName(node: ts.Node): string | undefined {
  for (let at = node.parent; !ts.isSourceFile(at); at = at.parent) {
    if (ts.isClassLike(at)) return at.name?.text ?? "(class)";
    if (isOwnFunction(at)) return ownName(at);
    if (ts.isVariableDeclaration(at) && at !== node.parent) return at.name.getText();
  }
  return undefined;
}

function nameNode(node: ts.Node): ts.Node | undefined {
  if (isOwnFunction(node) || ts.isVariableDeclaration(node)) return node.name;
  return ts.isPropertyAssignment(node) || ts.isPropertyDeclaration(node) ? node.name : undefined;
}
