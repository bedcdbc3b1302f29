import ts from "typescript";
import { nodesOf } from "../source.ts";
import type { Workspace } from "../workspace.ts";

/** Where the kinds of errors are given their statuses, and where failures are given their kinds. */
export const errorTable = "libs/rpc/src/wire/error-table.ts";
export const failureTable = "libs/errors/src/failure-table.ts";

/** A row of a table in a source file: its cells by name, or the only one as `value`. */
export interface Row {
  readonly cells: Readonly<Record<string, string>>;
  /** What a `//` behind it says. */
  readonly comment: string;
}

/**
 * The object literal that `const <name>` of a file is, by its keys. Of `Code.NotFound` the last name counts, as a key and
 * as a value.
 *
 * @throws {Error} naming file and table when it is not there, or not spelled out
 */
export function tableIn(workspace: Workspace, path: string, name: string): ReadonlyMap<string, Row> {
  const source = workspace.source(path);
  const literal = [...nodesOf(source)]
    .filter((node) => ts.isVariableDeclaration(node))
    .filter((node) => node.name.getText() === name && node.initializer !== undefined)
    .flatMap(({ initializer }) => (initializer === undefined ? [] : [bare(initializer)]))
    .find((initializer) => ts.isObjectLiteralExpression(initializer));
  if (literal === undefined) throw new Error(`${path}: expected a table ${name}, spelled out as an object`);
  return new Map(
    literal.properties.map((property) => {
      if (!ts.isPropertyAssignment(property)) throw new Error(`${path}: expected rows alone in the table ${name}`);
      const [, comment = ""] = /\/\/ *(.*)$/.exec(lineAt(source, property.end)) ?? [];
      return [keyOf(property.name), { cells: cellsOf(property.initializer), comment }];
    }),
  );
}

/** What the comment above a type says of each of its values, in lines like ``- `fix`: send another request``. */
export function valuesOf(workspace: Workspace, path: string, type: string): ReadonlyMap<string, string> {
  const [, comment = ""] =
    new RegExp(`/\\*\\*((?:(?!\\*/)[^])*)\\*/\\s*export type ${type}\\b`).exec(workspace.text(path)) ?? [];
  return new Map([...comment.matchAll(/^ \* - `([^`]+)`: (.*)$/gm)].map(([, value = "", text = ""]) => [value, text]));
}

function bare(expression: ts.Expression): ts.Expression {
  return ts.isSatisfiesExpression(expression) || ts.isAsExpression(expression)
    ? bare(expression.expression)
    : expression;
}

function keyOf(name: ts.PropertyName): string {
  return ts.isComputedPropertyName(name) ? lastName(name.expression) : lastName(name);
}

function cellsOf(expression: ts.Expression): Readonly<Record<string, string>> {
  if (!ts.isObjectLiteralExpression(expression)) return { value: lastName(expression) };
  return Object.fromEntries(
    expression.properties
      .filter((property) => ts.isPropertyAssignment(property))
      .map((property) => [keyOf(property.name), lastName(property.initializer)]),
  );
}

function lastName(node: ts.Node): string {
  if (ts.isStringLiteralLike(node)) return node.text;
  return ts.isPropertyAccessExpression(node) ? node.name.text : node.getText();
}

function lineAt(source: ts.SourceFile, position: number): string {
  return source.text.slice(position).split("\n", 1)[0] ?? "";
}

/** A status as gRPC spells it: `NotFound` -> NOT_FOUND. */
export function statusName(code: string): string {
  return code === "Canceled" ? "CANCELLED" : code.replace(/(?<=[a-z])[A-Z]/g, "_$&").toUpperCase();
}
