import ts from "typescript";
import { symbolOf } from "../calls/callee.ts";
import { bare } from "../calls/functions.ts";
import type { Project } from "../project/open.ts";

/** Stands in a text for a value that is known only at run time. */
export const hole = "\u0001";

const maxDepth = 4;

/** The text that a literal, a template or a concatenation stands for, constants of the sources put in; undefined for the rest. */
export function textOf(project: Project, expression: ts.Expression, depth = 0): string | undefined {
  const at = bare(expression);
  if (ts.isStringLiteralLike(at)) return at.text;
  if (ts.isTaggedTemplateExpression(at)) return textOf(project, at.template, depth);
  if (ts.isTemplateExpression(at)) {
    const spans = at.templateSpans.map((span) => piece(project, span.expression, depth) + span.literal.text);
    return at.head.text + spans.join("");
  }
  if (ts.isBinaryExpression(at) && at.operatorToken.kind === ts.SyntaxKind.PlusToken) {
    const [left, right] = [textOf(project, at.left, depth), textOf(project, at.right, depth)];
    if (left === undefined && right === undefined) return undefined;
    return (left ?? piece(project, at.left, depth)) + (right ?? piece(project, at.right, depth));
  }
  return undefined;
}

/** A part of a template: its text where a constant has it, else a hole. */
function piece(project: Project, expression: ts.Expression, depth: number): string {
  if (depth >= maxDepth) return hole;
  const own = textOf(project, expression, depth + 1);
  if (own !== undefined) return own;
  const at = bare(expression);
  if (!ts.isIdentifier(at) && !ts.isPropertyAccessExpression(at)) return hole;
  for (const declaration of symbolOf(project, at)?.declarations ?? []) {
    const constant =
      (ts.isVariableDeclaration(declaration) && (declaration.parent.flags & ts.NodeFlags.Const) !== 0) ||
      ts.isPropertyAssignment(declaration);
    if (!constant || declaration.initializer === undefined) continue;
    const text = textOf(project, declaration.initializer, depth + 1);
    if (text !== undefined) return text;
  }
  return hole;
}

const beginning =
  /^(?:\s|--[^\n]*\n|\/\*[\s\S]*?\*\/|\()*(select|insert|update|delete|with|merge|truncate|create|alter|drop|lock|copy|begin|start|commit|rollback|savepoint|end)\b/i;
const sending = new Set(
  [
    "query execute exec raw unsafe prepare all run none one many any",
    "$queryRaw $executeRaw $queryRawUnsafe $executeRawUnsafe sql",
  ].flatMap((words) => words.split(" ")),
);
const holding = new Set(["text", "sql", "query", "statement"]);

/**
 * How sure a text is to be SQL, before a parser has read it: `sent` to a database by how it is used, `likely` by its
 * first words, `no` otherwise. "Update the cart" on a button begins like SQL, and is never sent anywhere.
 */
export function sqlLikelihood(text: string, node: ts.Expression): "sent" | "likely" | "no" {
  const first = beginning.exec(text)?.[1];
  if (first === undefined) return "no";
  if (isSent(node)) return "sent";
  const followed = /\b(from|into|set|table|values|as|index)\b/i.test(text);
  return followed && (first === first.toUpperCase() || first === first.toLowerCase()) ? "likely" : "no";
}

function isSent(node: ts.Expression): boolean {
  let at: ts.Node = node;
  while (
    ts.isParenthesizedExpression(at.parent) ||
    ts.isBinaryExpression(at.parent) ||
    ts.isConditionalExpression(at.parent)
  )
    at = at.parent;
  const { parent } = at;
  if (ts.isTaggedTemplateExpression(parent)) return sending.has(lastName(parent.tag));
  if (ts.isCallExpression(parent)) return parent.expression !== at && sending.has(lastName(parent.expression));
  return ts.isPropertyAssignment(parent) && holding.has(parent.name.getText());
}

function lastName(expression: ts.Node): string {
  if (ts.isPropertyAccessExpression(expression)) return expression.name.text;
  if (ts.isCallExpression(expression)) return lastName(expression.expression);
  return ts.isIdentifier(expression) ? expression.text : "";
}
