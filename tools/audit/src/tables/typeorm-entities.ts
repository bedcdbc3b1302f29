import ts from "typescript";
import { bare } from "../calls/functions.ts";
import type { Project } from "../project/open.ts";
import type { TableFacts } from "./facts.ts";
import { symbolOf } from "../calls/callee.ts";

export interface Entity {
  readonly name: string;
  readonly table: string;
  /** Classes of the entities that its members relate to, by the name of the member. */
  readonly relations: ReadonlyMap<string, ts.Node>;
}

/** Entities by the node of their class. */
export type Entities = ReadonlyMap<ts.Node, Entity>;

const owning = new Set(["ManyToOne", "OneToOne"]);
const relating = new Set([...owning, "OneToMany", "ManyToMany"]);

/** Finds the classes with `@Entity()` of TypeORM. */
export function findEntities(project: Project, facts: TableFacts): Entities {
  const entities = new Map<ts.Node, Entity>();
  const keys: { readonly at: ts.Node; readonly table: string; readonly targets: readonly ts.Node[] }[] = [];
  const read = (node: ts.Node): void => {
    if (ts.isClassDeclaration(node) && node.name !== undefined) {
      const [name] = decoratorArguments(node, new Set(["Entity"])) ?? [];
      if (name !== undefined || hasDecorator(node, "Entity")) {
        const relations = new Map<string, ts.Node>();
        const targets: ts.Node[] = [];
        for (const member of node.members) {
          const relation = decoratorArguments(member, relating);
          const target = relation?.[0] === undefined ? undefined : targetOf(project, relation[0]);
          if (target === undefined || member.name === undefined) continue;
          relations.set(member.name.getText(), target);
          if (decoratorArguments(member, owning) !== undefined) targets.push(target);
        }
        const table = nameIn(name) ?? snake(node.name.text);
        entities.set(node, { name: node.name.text, table, relations });
        keys.push({ at: node.name, table, targets });
      }
    }
    ts.forEachChild(node, read);
  };
  for (const source of project.files) read(source);
  for (const { at, table, targets } of keys) {
    const references = targets.flatMap((target) => entities.get(target)?.table ?? []);
    facts.declared.push({ ...project.place(at), table, by: "typeorm", references });
  }
  return entities;
}

function hasDecorator(node: ts.HasDecorators, name: string): boolean {
  return (ts.getDecorators(node) ?? []).some(({ expression }) => calledName(expression) === name);
}

function decoratorArguments(node: ts.Node, names: ReadonlySet<string>): readonly ts.Expression[] | undefined {
  if (!ts.canHaveDecorators(node)) return undefined;
  for (const { expression } of ts.getDecorators(node) ?? [])
    if (ts.isCallExpression(expression) && names.has(calledName(expression) ?? "")) return expression.arguments;
  return undefined;
}

function calledName(expression: ts.Expression): string | undefined {
  const name = ts.isCallExpression(expression) ? expression.expression : expression;
  return ts.isIdentifier(name) ? name.text : undefined;
}

/** The class in `() => User`. */
function targetOf(project: Project, argument: ts.Expression): ts.Node | undefined {
  if (!ts.isArrowFunction(argument) || ts.isBlock(argument.body)) return undefined;
  return symbolOf(project, bare(argument.body))?.declarations?.find(ts.isClassDeclaration);
}

function nameIn(argument: ts.Expression | undefined): string | undefined {
  if (argument === undefined) return undefined;
  if (ts.isStringLiteralLike(argument)) return argument.text;
  if (!ts.isObjectLiteralExpression(argument)) return undefined;
  for (const property of argument.properties)
    if (ts.isPropertyAssignment(property) && property.name.getText() === "name")
      return ts.isStringLiteralLike(property.initializer) ? property.initializer.text : undefined;
  return undefined;
}

/** As TypeORM names the table of a class by default. */
function snake(name: string): string {
  return name.replace(/(?<=[a-z0-9])([A-Z])/g, "_$1").toLowerCase();
}
