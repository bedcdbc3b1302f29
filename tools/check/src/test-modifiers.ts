import ts from "typescript";
import { lineOf, nodesOf } from "./source.ts";
import type { Violation } from "./violation.ts";
import { typescriptBelow, type Workspace } from "./workspace.ts";

const modifiers = new Set(["only", "skip", "skipIf", "runIf", "todo", "fails"]);
const instead = `it, or its beforeEach, says why as it runs: context.skip(condition, "why")`;

/** Judges that no test is left out in silence, and that none leaves out the others. */
export function checkTestModifiers(workspace: Workspace): Violation[] {
  return typescriptBelow(workspace, "")
    .filter((path) => path.endsWith(".test.ts"))
    .flatMap((path) => {
      const source = workspace.source(path);
      return [...nodesOf(source)].flatMap((node): Violation[] => {
        const modifier = modifierOf(node);
        if (modifier === undefined) return [];
        return [
          { path, line: lineOf(source, node), rule: "layout/tests", message: `must not use ${modifier}: ${instead}` },
        ];
      });
    });
}

/** `it.concurrent.skip` -> `it.skip`; undefined for any other node, `context.skip(…)` included. */
function modifierOf(node: ts.Node): string | undefined {
  if (!ts.isPropertyAccessExpression(node) || !modifiers.has(node.name.text)) return undefined;
  let root: ts.Expression = node.expression;
  while (ts.isPropertyAccessExpression(root)) root = root.expression;
  if (!ts.isIdentifier(root) || !/^(it|test|describe|suite)$/.test(root.text)) return undefined;
  return `${root.text}.${node.name.text}`;
}
