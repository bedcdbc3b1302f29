import ts from "typescript";
import { declaredType, declaredValue } from "../calls/declared.ts";
import { boundProperty, symbolOf } from "../calls/callee.ts";
import { bare } from "../calls/functions.ts";
import type { Visitor } from "../calls/graph.ts";
import { notUnderstood, type Project } from "../project/open.ts";
import type { TableFacts } from "./facts.ts";
import type { Entities, Entity } from "./typeorm-entities.ts";

const readers = new Set(
  [
    "find findBy findAndCount findAndCountBy findOne findOneBy findOneOrFail findOneByOrFail",
    "count countBy exist exists existsBy sum average minimum maximum findByIds",
  ].flatMap((words) => words.split(" ")),
);
const writers = new Set(
  [
    "save insert update upsert delete remove softDelete softRemove restore recover",
    "increment decrement clear",
  ].flatMap((words) => words.split(" ")),
);
const builderWrites = new Set(["insert", "update", "delete", "softDelete", "restore"]);
const joins = /^(left|inner)Join(AndSelect|AndMapOne|AndMapMany)?$/;
const maxDepth = 6;

/** Reads calls of TypeORM's repositories, entity managers and query builders. */
export function typeormVisitor(project: Project, facts: TableFacts, entities: Entities): Visitor {
  return (node, { func }) => {
    if (entities.size === 0 || !ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return;
    const operation = node.expression.name.text;
    const builds = operation === "createQueryBuilder";
    if (!builds && !readers.has(operation) && !writers.has(operation)) return;
    const receiver = node.expression.expression;
    const [first] = node.arguments;
    const entity =
      repositoryEntity(project, receiver, entities, 0) ??
      (first !== undefined && isManager(project, receiver) ? classEntity(project, first, entities) : undefined);
    if (entity === undefined) {
      if (isManager(project, receiver) && !builds)
        facts.notUnderstood.push(notUnderstood(project, node, "TypeORM", "which entity is not written there"));
      return;
    }
    const [reads, writes] = [new Set<string>(), new Set<string>()];
    const tableOf = (target: ts.Node | undefined): string[] => {
      const related = target === undefined ? undefined : entities.get(target);
      return related === undefined ? [] : [related.table];
    };
    if (builds) {
      const chain = chained(node);
      const changes = chain.some(({ name }) => builderWrites.has(name));
      (changes ? writes : reads).add(entity.table);
      for (const { call } of chain.filter(({ name }) => joins.test(name))) {
        const [joined] = call.arguments;
        const member =
          joined !== undefined && ts.isStringLiteralLike(joined) ? joined.text.split(".").at(-1) : undefined;
        const tables =
          member === undefined
            ? joined === undefined
              ? []
              : [classEntity(project, joined, entities)?.table].filter((table) => table !== undefined)
            : [entity, ...entities.values()].flatMap(({ relations }) => tableOf(relations.get(member))).slice(0, 1);
        for (const table of tables) reads.add(table);
        if (tables.length === 0)
          facts.notUnderstood.push(
            notUnderstood(project, joined ?? call, "TypeORM", "the join names no known relation"),
          );
      }
    } else {
      (writers.has(operation) ? writes : reads).add(entity.table);
      for (const argument of node.arguments)
        for (const member of relationsIn(argument))
          for (const table of tableOf(entity.relations.get(member))) reads.add(table);
    }
    facts.uses.push({ ...project.place(node), node, func, by: "typeorm", reads: [...reads], writes: [...writes] });
  };
}

/** The entity of a repository: `Repository<User>` by declaration, `getRepository(User)`, a class that extends one. */
function repositoryEntity(
  project: Project,
  expression: ts.Expression,
  entities: Entities,
  depth: number,
): Entity | undefined {
  const at = bare(expression);
  if (depth > maxDepth) return undefined;
  if (ts.isCallExpression(at) && ts.isPropertyAccessExpression(at.expression)) {
    const [argument] = at.arguments;
    if (at.expression.name.text === "getRepository" && argument !== undefined)
      return classEntity(project, argument, entities);
    if (at.expression.name.text === "withRepository" && argument !== undefined)
      return repositoryEntity(project, argument, entities, depth + 1);
    return undefined;
  }
  if (at.kind === ts.SyntaxKind.ThisKeyword) {
    for (let up: ts.Node = at; !ts.isSourceFile(up); up = up.parent)
      if (ts.isClassLike(up)) return heritageEntity(project, up, entities);
  }
  if (!ts.isIdentifier(at) && !ts.isPropertyAccessExpression(at)) return undefined;
  for (const declaration of symbolOf(project, at)?.declarations ?? []) {
    const found = declaredEntity(project, declaration, entities, depth + 1);
    if (found !== undefined) return found;
  }
  return undefined;
}

function declaredEntity(
  project: Project,
  declaration: ts.Declaration,
  entities: Entities,
  depth: number,
): Entity | undefined {
  if (ts.isBindingElement(declaration)) {
    const [next] = boundProperty(project, declaration)?.declarations ?? [];
    return next === undefined ? undefined : declaredEntity(project, next, entities, depth + 1);
  }
  const type = declaredType(declaration);
  if (type !== undefined && ts.isTypeReferenceNode(type)) {
    const [argument] = type.typeArguments ?? [];
    if (type.typeName.getText().endsWith("Repository") && argument !== undefined && ts.isTypeReferenceNode(argument))
      return classEntity(project, argument.typeName, entities);
    const own = symbolOf(project, type.typeName)?.declarations?.find(ts.isClassDeclaration);
    return own === undefined ? undefined : heritageEntity(project, own, entities);
  }
  const value = declaredValue(declaration);
  return value === undefined ? undefined : repositoryEntity(project, value, entities, depth + 1);
}

function heritageEntity(project: Project, node: ts.ClassLikeDeclaration, entities: Entities): Entity | undefined {
  const base = node.heritageClauses?.find(({ token }) => token === ts.SyntaxKind.ExtendsKeyword)?.types[0];
  const [argument] = base?.typeArguments ?? [];
  if (base === undefined || argument === undefined || !base.expression.getText().endsWith("Repository"))
    return undefined;
  return ts.isTypeReferenceNode(argument) ? classEntity(project, argument.typeName, entities) : undefined;
}

function classEntity(project: Project, name: ts.Node, entities: Entities): Entity | undefined {
  const found = symbolOf(project, name)?.declarations?.find((declaration) => entities.has(declaration));
  return found === undefined ? undefined : entities.get(found);
}

/** `EntityManager` by its declared type, or `manager` of a data source or query runner. */
function isManager(project: Project, expression: ts.Expression): boolean {
  const at = bare(expression);
  for (const declaration of symbolOf(project, at)?.declarations ?? []) {
    const type = declaredType(declaration);
    if (type !== undefined) return type.getText() === "EntityManager";
    if (ts.isParameter(declaration) && ts.isCallExpression(declaration.parent.parent)) {
      const { expression: callee } = declaration.parent.parent;
      return ts.isPropertyAccessExpression(callee) && callee.name.text === "transaction";
    }
  }
  return ts.isPropertyAccessExpression(at) && at.name.text === "manager";
}

/** The calls that follow on a call: `.leftJoin(…)`, `.where(…)`. */
function chained(call: ts.CallExpression): { readonly name: string; readonly call: ts.CallExpression }[] {
  const found: { readonly name: string; readonly call: ts.CallExpression }[] = [];
  let at: ts.CallExpression = call;
  while (ts.isPropertyAccessExpression(at.parent) && ts.isCallExpression(at.parent.parent)) {
    found.push({ name: at.parent.name.text, call: at.parent.parent });
    at = at.parent.parent;
  }
  return found;
}

/** What `relations: { orders: true }` or `relations: ["orders"]` names. */
function relationsIn(argument: ts.Expression): string[] {
  if (!ts.isObjectLiteralExpression(argument)) return [];
  const property = argument.properties.find((property) => property.name?.getText() === "relations");
  if (property === undefined || !ts.isPropertyAssignment(property)) return [];
  const { initializer } = property;
  if (ts.isArrayLiteralExpression(initializer))
    return initializer.elements.filter(ts.isStringLiteralLike).map(({ text }) => text.split(".")[0] ?? text);
  if (!ts.isObjectLiteralExpression(initializer)) return [];
  return initializer.properties.flatMap((relation) => relation.name?.getText() ?? []);
}
