import ts from "typescript";
import type { TableUse } from "../tables/facts.ts";
import type { Func } from "./functions.ts";

/** Functions that read or write tables or ask another process, by themselves or through what they call. */
export function touching(functions: readonly Func[], uses: readonly TableUse[]): ReadonlySet<Func> {
  const found = new Set<Func>(uses.map(({ func }) => func));
  const callers = new Map<Func, Func[]>();
  for (const func of functions) {
    for (const call of func.calls) {
      if (call.kind !== "call") found.add(func);
      for (const target of call.targets) callers.set(target, [...(callers.get(target) ?? []), func]);
    }
  }
  const waiting = [...found];
  for (let func = waiting.pop(); func !== undefined; func = waiting.pop()) {
    for (const caller of callers.get(func) ?? []) {
      if (found.has(caller)) continue;
      found.add(caller);
      waiting.push(caller);
    }
  }
  return found;
}

/**
 * The functions of which a call becomes an RPC when their module leaves: they come to a table or another process, or
 * have an answer that is waited for. What only reckons goes along as code.
 */
export function remotable(functions: readonly Func[], touchingFunctions: ReadonlySet<Func>): ReadonlySet<Func> {
  return new Set(functions.filter((func) => touchingFunctions.has(func) || isAsynchronous(func.node)));
}

function isAsynchronous(node: ts.Node): boolean {
  if (!ts.isFunctionLike(node)) return false;
  if (ts.canHaveModifiers(node) && node.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.AsyncKeyword) === true)
    return true;
  return node.type !== undefined && /^(Promise|Async|Observable)/.test(node.type.getText());
}
