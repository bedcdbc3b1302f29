import { readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import type { Func } from "../calls/functions.ts";
import type { Visitor } from "../calls/graph.ts";
import { notUnderstood, oneLine, type Project } from "../project/open.ts";
import type { TableFacts } from "./facts.ts";
import { computedName, parseWithHoles } from "./sql-attempts.ts";
import { sqlTables, type SqlTables } from "./sql-tables.ts";
import { sqlLikelihood, textOf } from "./sql-text.ts";

/** BEGIN, COMMIT or ROLLBACK in a source. */
export interface TransactionWord {
  readonly node: ts.Node;
  readonly func: Func;
  readonly kind: string;
}

/** Reads the SQL in strings and templates. */
export function sqlVisitor(project: Project, facts: TableFacts, words: TransactionWord[]): Visitor {
  return (node, { func }) => {
    if (!isWholeText(node)) return;
    const text = textOf(project, node);
    if (text === undefined) return;
    const likelihood = sqlLikelihood(text, node);
    if (likelihood === "no") return;
    let sql: SqlTables;
    try {
      sql = parseWithHoles(text);
    } catch (error) {
      if (likelihood === "sent" || /^\s*[A-Z]{4,}\s/.test(text))
        facts.notUnderstood.push(notUnderstood(project, node, "SQL", messageOf(error)));
      return;
    }
    const place = project.place(node);
    words.push(...sql.transaction.map((kind) => ({ node, func, kind })));
    declare(sql, place, facts);
    const known = (names: readonly string[]): string[] => names.filter((name) => name !== computedName);
    const [reads, writes] = [known(sql.reads), known(sql.writes)];
    if (reads.length + writes.length < sql.reads.length + sql.writes.length)
      facts.notUnderstood.push(notUnderstood(project, node, "SQL", "the name of a table is computed"));
    if (reads.length + writes.length > 0) facts.uses.push({ ...place, node, func, by: "sql", reads, writes });
  };
}

/** Reads .sql files: what they create. What a migration reads or writes is done once, by nobody in particular. */
export function readSqlFiles(project: Project, facts: TableFacts): void {
  for (const file of project.found.sql) {
    const text = readFileSync(join(project.root, file), "utf8");
    try {
      const sql = sqlTables(text);
      declare(sql, { file, line: 1 }, facts, text);
      if (sql.foreignBodies > 0)
        facts.notUnderstood.push({ file, line: 1, what: "SQL", why: "a body in another language", text: "" });
    } catch (error) {
      facts.notUnderstood.push({ file, line: 1, what: "SQL", why: messageOf(error), text: oneLine(text) });
    }
  }
}

function declare(
  sql: SqlTables,
  place: { readonly file: string; readonly line: number },
  facts: TableFacts,
  text = "",
): void {
  for (const [table, references] of [...sql.creates, ...sql.alters])
    facts.declared.push({ file: place.file, line: place.line + lineIn(text, table), table, by: "sql", references });
}

/** How many lines down a name is first met. */
function lineIn(text: string, table: string): number {
  const at = text.toLowerCase().indexOf(table.split(".").at(-1) ?? table);
  return at < 0 ? 0 : text.slice(0, at).split("\n").length - 1;
}

/** A text that is not a part of a longer one. */
function isWholeText(node: ts.Node): node is ts.Expression {
  const text =
    ts.isStringLiteralLike(node) ||
    ts.isTemplateExpression(node) ||
    (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.PlusToken);
  if (!text) return false;
  let { parent } = node;
  while (ts.isParenthesizedExpression(parent)) parent = parent.parent;
  if (ts.isBinaryExpression(parent) && parent.operatorToken.kind === ts.SyntaxKind.PlusToken) return false;
  return !ts.isImportDeclaration(parent) && !ts.isExportDeclaration(parent) && !ts.isLiteralTypeNode(parent);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
