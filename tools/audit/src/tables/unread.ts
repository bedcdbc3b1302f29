import ts from "typescript";
import type { Visitor } from "../calls/graph.ts";
import { notUnderstood, type Project } from "../project/open.ts";
import type { TableFacts } from "./facts.ts";

/** Ways to a database that this audit does not read. */
const unread = new Set(
  [
    "knex kysely sequelize sequelize-typescript mongoose mongodb objection bookshelf",
    "@mikro-orm/core @mikro-orm/postgresql slonik typegoose @typegoose/typegoose @nestjs/mongoose",
  ].flatMap((words) => words.split(" ")),
);

/** Lists the imports of query builders and ORMs whose tables are not seen. */
export function unreadVisitor(project: Project, facts: TableFacts): Visitor {
  return (node) => {
    if (!ts.isImportDeclaration(node) || !ts.isStringLiteral(node.moduleSpecifier)) return;
    const name = node.moduleSpecifier.text;
    if (node.importClause?.isTypeOnly === true || !unread.has(name)) return;
    const why = `what is read and written through ${name} is not seen`;
    facts.notUnderstood.push(notUnderstood(project, node, "database access", why));
  };
}
