import ts from "typescript";
import { nodesOf } from "./source.ts";

/**
 * Why a test skipped itself: the text of `context.skip(condition, "why")` in the test with this title, else in a
 * `beforeEach` of the file. Undefined where there is no such text, or the title is put together as the test runs.
 */
export function findSkipReason(source: ts.SourceFile, title: string): string | undefined {
  const calls = [...nodesOf(source)].filter(ts.isCallExpression);
  const reasons = [...calls.filter((call) => isTitled(call, title)), ...calls.filter(isBeforeEach)].map(reasonIn);
  return reasons.find((reason) => reason !== undefined);
}

function reasonIn(call: ts.CallExpression): string | undefined {
  for (const inner of nodesOf(call)) {
    const reason = ts.isCallExpression(inner) && isSkip(inner.expression) ? inner.arguments.at(-1) : undefined;
    if (reason !== undefined && ts.isStringLiteralLike(reason)) return reason.text;
  }
  return undefined;
}

function isTitled({ arguments: [first] }: ts.CallExpression, title: string): boolean {
  return first !== undefined && ts.isStringLiteralLike(first) && first.text === title;
}

function isBeforeEach({ expression }: ts.CallExpression): boolean {
  return ts.isIdentifier(expression) && expression.text === "beforeEach";
}

function isSkip(callee: ts.Expression): boolean {
  return ts.isIdentifier(callee)
    ? callee.text === "skip"
    : ts.isPropertyAccessExpression(callee) && callee.name.text === "skip";
}
