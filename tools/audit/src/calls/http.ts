import ts from "typescript";
import { declaredType, declaredValue } from "./declared.ts";
import type { Project } from "../project/open.ts";
import { symbolOf } from "./callee.ts";

const clients = new Set([
  "axios",
  "got",
  "ky",
  "needle",
  "node-fetch",
  "ofetch",
  "superagent",
  "undici",
  "@nestjs/axios",
  "node:http",
  "node:https",
  "http",
  "https",
]);
const verbs = new Set(["get", "post", "put", "patch", "delete", "head", "options", "request", "fetch", "stream"]);

/** What a call asks of another process over HTTP, in words; undefined when it does not. */
export function httpTarget(project: Project, call: ts.CallExpression): string | undefined {
  const { expression } = call;
  if (ts.isIdentifier(expression)) {
    if (expression.text === "fetch" && symbolOf(project, expression) === undefined) return "fetch";
    const from = importedFrom(project, expression);
    return from !== undefined && clients.has(from) ? expression.text : undefined;
  }
  if (!ts.isPropertyAccessExpression(expression) || !verbs.has(expression.name.text)) return undefined;
  const receiver = expression.expression;
  const global = ts.isIdentifier(receiver) && receiver.text === "globalThis" && expression.name.text === "fetch";
  if (global) return "fetch";
  const from = importedFrom(project, receiver) ?? typeFrom(project, receiver);
  return from !== undefined && clients.has(from) ? expression.getText() : undefined;
}

/** The package that a name is imported from; undefined when it is not. */
export function importedFrom({ checker }: Project, name: ts.Node): string | undefined {
  if (!ts.isIdentifier(name)) return undefined;
  for (const declaration of checker.getSymbolAtLocation(name)?.declarations ?? []) {
    for (let at: ts.Node = declaration; !ts.isSourceFile(at); at = at.parent) {
      if (ts.isImportDeclaration(at) && ts.isStringLiteral(at.moduleSpecifier)) return at.moduleSpecifier.text;
    }
  }
  return undefined;
}

/** The package that the declared type of a value is imported from: of `this.http` with `private http: HttpService`. */
function typeFrom(project: Project, receiver: ts.Expression): string | undefined {
  for (const declaration of symbolOf(project, receiver)?.declarations ?? []) {
    const type = declaredType(declaration);
    if (type !== undefined && ts.isTypeReferenceNode(type)) return importedFrom(project, type.typeName);
    const made = declaredValue(declaration);
    if (made !== undefined && ts.isCallExpression(made) && ts.isPropertyAccessExpression(made.expression))
      return importedFrom(project, made.expression.expression);
  }
  return undefined;
}
