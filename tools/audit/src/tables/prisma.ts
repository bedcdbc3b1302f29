import ts from "typescript";
import { declaredType, declaredValue } from "../calls/declared.ts";
import { boundProperty, calleesOf, symbolOf } from "../calls/callee.ts";
import { bare, isOwnFunction } from "../calls/functions.ts";
import type { Visitor } from "../calls/graph.ts";
import { returned } from "../calls/rpc.ts";
import { notUnderstood, type Project } from "../project/open.ts";
import type { TableFacts } from "./facts.ts";
import type { PrismaModels } from "./prisma-schema.ts";

const readers = new Set(
  "findUnique findUniqueOrThrow findFirst findFirstOrThrow findMany count aggregate groupBy".split(" "),
);
const writers = new Set(
  ["create createMany createManyAndReturn update updateMany updateManyAndReturn upsert", "delete deleteMany"].flatMap(
    (words) => words.split(" "),
  ),
);
const clientTypes = new Set(["PrismaClient", "TransactionClient"]);
const maxDepth = 6;

/** Reads the calls of a Prisma client: `prisma.order.findMany(…)`, relations in its argument included. */
export function prismaVisitor(project: Project, facts: TableFacts, models: PrismaModels): Visitor {
  return (node, { func }) => {
    if (models.size === 0 || !ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return;
    const { name: operation, expression: delegate } = node.expression;
    if (!readers.has(operation.text) && !writers.has(operation.text)) return;
    if (!ts.isPropertyAccessExpression(delegate)) return;
    const model = models.get(delegate.name.text);
    if (model === undefined) return;
    const client = isClient(project, delegate.expression, 0);
    if (client === "no") return;
    if (client === "unknown") {
      const why = "it looks like a call of Prisma, of something whose type is not known";
      facts.notUnderstood.push(notUnderstood(project, node.expression, "Prisma", why));
      return;
    }
    const [reads, writes] = [new Set<string>(), new Set<string>()];
    (writers.has(operation.text) ? writes : reads).add(model.table);
    const [options] = node.arguments;
    if (options !== undefined) relations(options, delegate.name.text, models, reads, writes, false);
    facts.uses.push({ ...project.place(node), node, func, by: "prisma", reads: [...reads], writes: [...writes] });
  };
}

/** Whether a value is a Prisma client: by its declared type, a class that extends one, or `new`; or a transaction of one. */
function isClient(project: Project, expression: ts.Expression, depth: number): "yes" | "no" | "unknown" {
  const at = bare(expression);
  if (depth > maxDepth) return "unknown";
  if (at.kind === ts.SyntaxKind.ThisKeyword) {
    const own = enclosingClass(at);
    return own !== undefined && extendsClient(project, own, depth) ? "yes" : "no";
  }
  if (ts.isObjectLiteralExpression(at) || ts.isArrayLiteralExpression(at)) return "no";
  if (ts.isNewExpression(at)) return typeName(project, at.expression, depth);
  if (ts.isCallExpression(at) && ts.isPropertyAccessExpression(at.expression) && at.expression.name.text === "$extends")
    return isClient(project, at.expression.expression, depth + 1);
  if (ts.isCallExpression(at)) {
    for (const callee of calleesOf(project, at.expression, { of: () => [] }).filter(isOwnFunction))
      for (const result of returned(callee)) return isClient(project, result, depth + 1);
  }
  if (!ts.isIdentifier(at) && !ts.isPropertyAccessExpression(at)) return "unknown";
  const declarations = symbolOf(project, at)?.declarations ?? [];
  for (const declaration of declarations) {
    const result = declares(project, declaration, depth + 1);
    if (result !== "unknown") return result;
  }
  return "unknown";
}

function declares(project: Project, declaration: ts.Declaration, depth: number): "yes" | "no" | "unknown" {
  if (ts.isBindingElement(declaration)) {
    for (const next of boundProperty(project, declaration)?.declarations ?? [])
      return declares(project, next, depth + 1);
    return "unknown";
  }
  const type = declaredType(declaration);
  if (type !== undefined) {
    if (!ts.isTypeReferenceNode(type)) return "no";
    return typeName(project, type.typeName, depth);
  }
  if (ts.isParameter(declaration) && isTransactionCallback(declaration.parent)) return "yes";
  const value = declaredValue(declaration);
  return value === undefined ? "unknown" : isClient(project, value, depth + 1);
}

function typeName(project: Project, name: ts.Node, depth: number): "yes" | "no" | "unknown" {
  const last = ts.isQualifiedName(name) ? name.right : ts.isPropertyAccessExpression(name) ? name.name : name;
  if (clientTypes.has(last.getText())) return "yes";
  for (const declaration of symbolOf(project, last)?.declarations ?? []) {
    if (ts.isClassLike(declaration)) return extendsClient(project, declaration, depth) ? "yes" : "no";
    if (ts.isTypeAliasDeclaration(declaration))
      return [...clientTypes].some((type) => declaration.type.getText().includes(type)) ? "yes" : "no";
    if (ts.isInterfaceDeclaration(declaration)) return "no";
  }
  return "unknown";
}

function extendsClient(project: Project, node: ts.ClassLikeDeclaration, depth: number): boolean {
  const base = node.heritageClauses?.find(({ token }) => token === ts.SyntaxKind.ExtendsKeyword)?.types[0];
  return base !== undefined && depth <= maxDepth && typeName(project, base.expression, depth + 1) === "yes";
}

function enclosingClass(node: ts.Node): ts.ClassLikeDeclaration | undefined {
  for (let at = node.parent; !ts.isSourceFile(at); at = at.parent) if (ts.isClassLike(at)) return at;
  return undefined;
}

function isTransactionCallback(node: ts.Node): boolean {
  if (!ts.isCallExpression(node.parent) || !ts.isPropertyAccessExpression(node.parent.expression)) return false;
  return node.parent.expression.name.text === "$transaction";
}

/** Related models under `include` and `select` are read, under `data` written. */
function relations(
  options: ts.Expression,
  model: string,
  models: PrismaModels,
  reads: Set<string>,
  writes: Set<string>,
  inData: boolean,
): void {
  const at = bare(options);
  if (ts.isArrayLiteralExpression(at))
    for (const item of at.elements) relations(item, model, models, reads, writes, inData);
  if (!ts.isObjectLiteralExpression(at)) return;
  for (const property of at.properties) {
    if (!ts.isPropertyAssignment(property)) continue;
    const name = property.name.getText();
    const related = models.get(model)?.relations.get(name);
    const writing = inData || name === "data" || name === "create" || name === "update";
    // To connect a row is to name it: the row itself is not written.
    const connects = writing && /^\{\s*(connect|disconnect)\b/.test(property.initializer.getText());
    if (related !== undefined) (writing && !connects ? writes : reads).add(models.get(related)?.table ?? related);
    relations(property.initializer, related ?? model, models, reads, writes, writing);
  }
}
