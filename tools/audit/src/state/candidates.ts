import ts from "typescript";
import { symbolOf } from "../calls/callee.ts";
import { rest } from "../project/modules.ts";
import { bare } from "../calls/functions.ts";
import type { Project } from "../project/open.ts";
import { keepsState, makerOf, makingOf, type Making } from "./containers.ts";

/** Something that may be state which modules share. */
export interface StateCandidate {
  readonly name: string;
  /** The variable, the static member, or the class of which there is one instance. */
  readonly node: ts.Node;
  /** The module whose code says what it is: of a variable its file's, of an instance its class's. */
  readonly module: string;
  readonly making: Making | "assigned";
  /** Whether each file can name it; a local of a function is only handed on. */
  readonly global: boolean;
}

/**
 * Finds variables of the top level of a file and static members that hold something changeable, classes with such a
 * member that NestJS makes one instance of, and variables of the composition root, which it may hand to modules.
 */
export function findCandidates(project: Project): StateCandidate[] {
  const found: StateCandidate[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isVariableDeclaration(node) && ts.isIdentifier(node.name)) {
      const making = makingOf(project, node.initializer);
      const list = node.parent;
      const global =
        ts.isVariableDeclarationList(list) &&
        ts.isVariableStatement(list.parent) &&
        ts.isSourceFile(list.parent.parent);
      const assignable = (list.flags & ts.NodeFlags.Const) === 0;
      const kind = making ?? (global && assignable ? "assigned" : undefined);
      const local =
        !global && isComposition(project, node) && (kind === "stateful" || kind === "cache" || isKeyed(node));
      if (kind !== undefined && (global || local))
        found.push({ name: node.name.text, node, module: origin(project, node), making: kind, global });
    } else if (ts.isClassDeclaration(node) && node.name !== undefined) {
      if (isInjectable(node) && keepsState(project, node))
        found.push({ name: node.name.text, node, module: project.moduleOf(node), making: "stateful", global: true });
      for (const member of node.members) {
        if (!ts.isPropertyDeclaration(member) || !isStatic(member)) continue;
        const making = makingOf(project, member.initializer) ?? "assigned";
        const name = `${node.name.text}.${member.name.getText()}`;
        found.push({ name, node: member, module: project.moduleOf(node), making, global: true });
      }
    }
    ts.forEachChild(node, visit);
  };
  for (const source of project.files) visit(source);
  return found;
}

function origin(project: Project, node: ts.VariableDeclaration): string {
  const made = node.initializer === undefined ? undefined : bare(node.initializer);
  if (made !== undefined && ts.isNewExpression(made)) {
    const type = symbolOf(project, made.expression)?.declarations?.find(ts.isClassLike);
    if (type !== undefined && project.isAudited(type.getSourceFile())) return project.moduleOf(type);
  }
  const maker = made !== undefined && ts.isCallExpression(made) ? makerOf(project, made) : undefined;
  return project.moduleOf(maker ?? node);
}

/** What a function inside of a module makes is of one call; what the composition root makes lives as long as the process. */
function isComposition(project: Project, node: ts.Node): boolean {
  return project.moduleOf(node) === rest;
}

/** `new Map()` and its like, which others look up in; not a list. */
function isKeyed({ initializer }: ts.VariableDeclaration): boolean {
  const made = initializer === undefined ? undefined : bare(initializer);
  return made !== undefined && ts.isNewExpression(made);
}

function isInjectable(node: ts.ClassDeclaration): boolean {
  return (ts.getDecorators(node) ?? []).some(({ expression }) => /^Injectable\b/.test(expression.getText()));
}

function isStatic(member: ts.PropertyDeclaration): boolean {
  return member.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.StaticKeyword) === true;
}
