import ts from "typescript";
import { symbolOf } from "../calls/callee.ts";
import { importedFrom } from "../calls/http.ts";
import type { Visitor } from "../calls/graph.ts";
import type { Project } from "../project/open.ts";
import type { TableFacts } from "./facts.ts";

const makers = new Set(["pgTable", "mysqlTable", "sqliteTable"]);
const reading = new Set(["from", "leftJoin", "rightJoin", "innerJoin", "fullJoin", "$count"]);
const writing = new Set(["insert", "update", "delete"]);
const queries = new Set(["findMany", "findFirst"]);

/** Names of tables by the declaration of the constant that holds them. */
export type DrizzleTables = ReadonlyMap<ts.VariableDeclaration, string>;

/** Finds `const users = pgTable("users", …)`, and the foreign keys in it. */
export function findDrizzleTables(project: Project, facts: TableFacts): DrizzleTables {
  const tables = new Map<ts.VariableDeclaration, string>();
  const read = (node: ts.Node): void => {
    if (ts.isVariableDeclaration(node) && node.initializer !== undefined && ts.isCallExpression(node.initializer)) {
      const { expression, arguments: given } = node.initializer;
      const [name] = given;
      const made =
        ts.isPropertyAccessExpression(expression) && expression.name.text === "table" ? "table" : expression.getText();
      const bySchema = made === "table" && isPgSchema(project, expression);
      const drizzle = importedFrom(project, expression)?.startsWith("drizzle-orm") === true && makers.has(made);
      if ((drizzle || bySchema) && name !== undefined && ts.isStringLiteralLike(name)) tables.set(node, name.text);
    }
    ts.forEachChild(node, read);
  };
  for (const source of project.files) read(source);
  for (const [node, table] of tables) {
    const references = new Set<string>();
    const visit = (at: ts.Node): void => {
      if (
        ts.isCallExpression(at) &&
        ts.isPropertyAccessExpression(at.expression) &&
        at.expression.name.text === "references"
      ) {
        const [argument] = at.arguments;
        if (argument !== undefined && ts.isArrowFunction(argument) && ts.isPropertyAccessExpression(argument.body)) {
          const target = tableOf(project, argument.body.expression, tables);
          if (target !== undefined) references.add(target);
        }
      }
      ts.forEachChild(at, visit);
    };
    visit(node);
    facts.declared.push({ ...project.place(node), table, by: "drizzle", references: [...references] });
  }
  return tables;
}

/** Reads Drizzle's queries: `db.select().from(users)`, `db.insert(orders)`, `db.query.users.findMany()`. */
export function drizzleVisitor(project: Project, facts: TableFacts, tables: DrizzleTables): Visitor {
  const byConstant = new Map([...tables].map(([node, table]) => [node.name.getText(), table]));
  return (node, { func }) => {
    if (tables.size === 0 || !ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return;
    const { name, expression } = node.expression;
    const [argument] = node.arguments;
    const at = { ...project.place(node), node, func, by: "drizzle" as const };
    if (queries.has(name.text) && ts.isPropertyAccessExpression(expression)) {
      const { expression: query } = expression;
      const table = byConstant.get(expression.name.text);
      if (table !== undefined && ts.isPropertyAccessExpression(query) && query.name.text === "query")
        facts.uses.push({ ...at, reads: [table], writes: [] });
      return;
    }
    if (argument === undefined || !(reading.has(name.text) || writing.has(name.text))) return;
    const table = tableOf(project, argument, tables);
    if (table === undefined) return;
    facts.uses.push(
      reading.has(name.text) ? { ...at, reads: [table], writes: [] } : { ...at, reads: [], writes: [table] },
    );
  };
}

function tableOf(project: Project, expression: ts.Expression, tables: DrizzleTables): string | undefined {
  const found = symbolOf(project, expression)
    ?.declarations?.filter(ts.isVariableDeclaration)
    .find((declaration) => tables.has(declaration));
  return found === undefined ? undefined : tables.get(found);
}

/** Whether `shop.table(…)` is of `const shop = pgSchema(…)`. */
function isPgSchema(project: Project, expression: ts.Expression): boolean {
  if (!ts.isPropertyAccessExpression(expression)) return false;
  const declaration = symbolOf(project, expression.expression)?.declarations?.find(ts.isVariableDeclaration);
  const made = declaration?.initializer;
  return made !== undefined && ts.isCallExpression(made) && made.expression.getText() === "pgSchema";
}
