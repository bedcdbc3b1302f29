import ts from "typescript";
import { symbolOf } from "../calls/callee.ts";
import { bare, isOwnFunction } from "../calls/functions.ts";
import { returned } from "../calls/rpc.ts";
import type { Project } from "../project/open.ts";

const collections = new Set(["Map", "Set", "WeakMap", "WeakSet", "Array"]);
const packagedCache = /^(LRUCache|LRU|NodeCache|TTLCache|QuickLRU|Keyv)$/;

/** What kind of value an expression makes that can be changed later; undefined for any other. */
export type Making = "collection" | "cache" | "object" | "stateful";

/**
 * Judges an expression that makes a value: a collection, an object written out, a cache of a package, or something of
 * the project that keeps a collection of its own: an object of such a class, the result of such a function.
 */
export function makingOf(project: Project, expression: ts.Expression | undefined): Making | undefined {
  if (expression === undefined) return undefined;
  const at = bare(expression);
  if (ts.isArrayLiteralExpression(at)) return "collection";
  if (ts.isObjectLiteralExpression(at)) return "object";
  if (ts.isNewExpression(at)) {
    const declared = symbolOf(project, at.expression)?.declarations?.find(ts.isClassLike);
    const name = at.expression.getText();
    if (collections.has(name)) return "collection";
    if (declared !== undefined)
      return project.isAudited(declared.getSourceFile()) && keepsState(project, declared) ? "stateful" : undefined;
    return packagedCache.test(name) ? "cache" : undefined;
  }
  if (!ts.isCallExpression(at)) return undefined;
  const maker = makerOf(project, at);
  return maker !== undefined && closesOverState(project, maker) ? "stateful" : undefined;
}

/** The function of the project that a call runs. */
export function makerOf(project: Project, call: ts.CallExpression): ts.FunctionLikeDeclaration | undefined {
  for (const declaration of symbolOf(project, call.expression)?.declarations ?? []) {
    const value = ts.isVariableDeclaration(declaration) ? declaration.initializer : declaration;
    if (value !== undefined && isOwnFunction(value) && project.isAudited(value.getSourceFile())) return value;
  }
  return undefined;
}

/** Methods that run once, before any request. */
const starting = new Set(["constructor", "onModuleInit", "onApplicationBootstrap"]);

/** Whether a class has a member that holds a collection, and a method that changes it after the start. */
export function keepsState(project: Project, node: ts.ClassLikeDeclaration): boolean {
  const held = node.members.filter(ts.isPropertyDeclaration).flatMap(({ name, initializer }) => {
    const making = makingOf(project, initializer);
    return making === "collection" || making === "object" ? [name.getText()] : [];
  });
  if (held.length === 0) return false;
  const atStart = startMembers(node);
  return node.members
    .filter((member) => !atStart.has(member))
    .some((member) =>
      someNode(member, (at) => ts.isPropertyAccessExpression(at) && held.includes(at.name.text) && isChange(at)),
    );
}

/** The constructor, what runs once before any request, and methods that nothing but these calls. */
function startMembers(node: ts.ClassLikeDeclaration): ReadonlySet<ts.ClassElement> {
  const isStart = (member: ts.ClassElement): boolean =>
    ts.isConstructorDeclaration(member) || starting.has(member.name?.getText() ?? "");
  const calls = (member: ts.ClassElement, name: string): boolean =>
    someNode(member, (at) => ts.isPropertyAccessExpression(at) && at.name.text === name && at.parent !== member);
  const onlyFromStart = (member: ts.ClassElement): boolean => {
    const name = member.name?.getText() ?? "";
    const isPrivate =
      ts.canHaveModifiers(member) && member.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.PrivateKeyword);
    const callers = node.members.filter((other) => other !== member && calls(other, name));
    return isPrivate === true && callers.length > 0 && callers.every(isStart);
  };
  return new Set(node.members.filter((member) => isStart(member) || onlyFromStart(member)));
}

/** Whether a function makes a collection and returns something that goes on changing it. */
function closesOverState(project: Project, maker: ts.FunctionLikeDeclaration): boolean {
  if (maker.body === undefined || !ts.isBlock(maker.body)) return false;
  const results = returned(maker);
  return maker.body.statements.filter(ts.isVariableStatement).some(({ declarationList }) =>
    declarationList.declarations.some(({ name, initializer }) => {
      if (makingOf(project, initializer) !== "collection" || !ts.isIdentifier(name)) return false;
      return results.some((result) =>
        someNode(result, (at) => ts.isIdentifier(at) && at.text === name.text && isChange(at)),
      );
    }),
  );
}

const changing = new Set(
  ["set add delete clear push pop shift unshift splice sort reverse fill", "getOrInsert getOrInsertComputed"].flatMap(
    (words) => words.split(" "),
  ),
);

/** Whether what stands here is changed here: assigned to, a member of it assigned to, or a changing method called. */
export function isChange(node: ts.Node): boolean {
  let at = node;
  if (ts.isPropertyAccessExpression(at.parent) && at.parent.name === at) at = at.parent;
  const { parent } = at;
  if (isAssignedTo(at)) return true;
  if (ts.isElementAccessExpression(parent) && parent.expression === at)
    return isAssignedTo(parent) || ts.isDeleteExpression(parent.parent);
  if (!ts.isPropertyAccessExpression(parent) || parent.expression !== at) return false;
  const called = ts.isCallExpression(parent.parent) && parent.parent.expression === parent;
  return called ? changing.has(parent.name.text) : isAssignedTo(parent) || ts.isDeleteExpression(parent.parent);
}

function isAssignedTo(node: ts.Node): boolean {
  const { parent } = node;
  if (ts.isPrefixUnaryExpression(parent) || ts.isPostfixUnaryExpression(parent))
    return parent.operator === ts.SyntaxKind.PlusPlusToken || parent.operator === ts.SyntaxKind.MinusMinusToken;
  if (!ts.isBinaryExpression(parent) || parent.left !== node) return false;
  const { kind } = parent.operatorToken;
  return kind >= ts.SyntaxKind.FirstAssignment && kind <= ts.SyntaxKind.LastAssignment;
}

function someNode(node: ts.Node, wanted: (node: ts.Node) => boolean): boolean {
  return wanted(node) || ts.forEachChild(node, (child) => someNode(child, wanted) || undefined) === true;
}
