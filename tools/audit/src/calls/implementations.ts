import ts from "typescript";
import type { Project } from "../project/open.ts";
import { bare, isOwnFunction } from "./functions.ts";

/** What stands behind the members of interfaces and abstract classes. */
export interface Implementations {
  /** The functions that implement a member of an interface, or override one of a class; none for anything else. */
  of(member: ts.Declaration): readonly ts.Node[];
}

/**
 * Finds them all: members of classes that implement or extend, and of object literals whose context gives them a type.
 */
export function findImplementations(project: Project): Implementations {
  const found = new Map<ts.Declaration, ts.Node[]>();
  const add = (type: ts.Type, name: string, implementation: ts.Node): void => {
    for (const member of project.checker.getPropertyOfType(type, name)?.declarations ?? []) {
      if (member === implementation || member === implementation.parent) continue;
      const list = found.get(member) ?? [];
      if (!list.includes(implementation)) found.set(member, [...list, implementation]);
    }
  };
  const visit = (node: ts.Node): void => {
    if (ts.isClassLike(node)) readClass(project, node, add);
    else if (ts.isObjectLiteralExpression(node)) readObject(project, node, add);
    ts.forEachChild(node, visit);
  };
  for (const source of project.files) visit(source);
  return { of: (member) => found.get(member) ?? [] };
}

type Add = (type: ts.Type, name: string, implementation: ts.Node) => void;

function readClass(project: Project, node: ts.ClassLikeDeclaration, add: Add): void {
  for (const type of (node.heritageClauses ?? []).flatMap((clause) => clause.types)) {
    const base = project.checker.getTypeAtLocation(type);
    for (const member of node.members) {
      if (member.name === undefined) continue;
      if (isOwnFunction(member)) add(base, member.name.getText(), member);
      else if (ts.isPropertyDeclaration(member) && member.initializer !== undefined) {
        const value = bare(member.initializer);
        if (isOwnFunction(value)) add(base, member.name.getText(), value);
      }
    }
  }
}

function readObject(project: Project, node: ts.ObjectLiteralExpression, add: Add): void {
  const members = node.properties.flatMap((property) => functionsOf(project, property));
  if (members.length === 0) return;
  const type = project.checker.getContextualType(node);
  if (type === undefined) return;
  for (const [name, implementation] of members) add(type, name, implementation);
}

function functionsOf(project: Project, property: ts.ObjectLiteralElementLike): (readonly [string, ts.Node])[] {
  if (isOwnFunction(property)) return [[property.name?.getText() ?? "", property]];
  if (ts.isPropertyAssignment(property)) {
    const value = bare(property.initializer);
    if (isOwnFunction(value)) return [[property.name.getText(), value]];
    return ts.isIdentifier(value)
      ? named(project, property.name.getText(), project.checker.getSymbolAtLocation(value))
      : [];
  }
  if (!ts.isShorthandPropertyAssignment(property)) return [];
  return named(project, property.name.text, project.checker.getShorthandAssignmentValueSymbol(property));
}

function named({ checker }: Project, name: string, symbol: ts.Symbol | undefined): (readonly [string, ts.Node])[] {
  if (symbol === undefined) return [];
  const aliased = (symbol.flags & ts.SymbolFlags.Alias) === 0 ? symbol : checker.getAliasedSymbol(symbol);
  return (aliased.declarations ?? []).flatMap((declaration) => {
    if (isOwnFunction(declaration)) return [[name, declaration] as const];
    if (!ts.isVariableDeclaration(declaration) || declaration.initializer === undefined) return [];
    const value = bare(declaration.initializer);
    return isOwnFunction(value) ? [[name, value] as const] : [];
  });
}
