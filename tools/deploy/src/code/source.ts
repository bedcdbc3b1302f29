import { readFile } from "node:fs/promises";
import { join } from "node:path";
import ts from "typescript";
import { workspaceRoot } from "../workspace.ts";

/** Every node of a file, parents before their children. */
export function* nodesOf(node: ts.Node): Generator<ts.Node> {
  yield node;
  const children: ts.Node[] = [];
  ts.forEachChild(node, (child) => {
    children.push(child);
  });
  for (const child of children) yield* nodesOf(child);
}

/** @param path relative to the workspace */
export async function parseSource(path: string): Promise<ts.SourceFile> {
  const text = await readFile(join(workspaceRoot, path), "utf8");
  return ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
}

/**
 * The number or the text that a file gives a name to, as in `const defaultSpreadMs = 1000`, or as the default of a
 * parameter or property that is taken apart, `{ drainTimeoutMs = 10_000 }`. Read from the source, since a lib exports no
 * figure that only operators need.
 *
 * @throws when the file has no such name, or more than one: it was renamed, and the proof has to follow
 */
export async function constantOf(path: string, name: string): Promise<number | string> {
  const found = constantsIn(await parseSource(path), name);
  const [value] = found;
  if (value === undefined || found.length > 1) {
    throw new Error(`${path} has ${found.length} constants called ${name}, expected one: it was renamed, or moved`);
  }
  return value;
}

/** As `constantOf`, for a number. */
export async function numberOf(path: string, name: string): Promise<number> {
  const value = await constantOf(path, name);
  if (typeof value === "string") throw new Error(`${name} of ${path} is a text, expected a number`);
  return value;
}

export function constantsIn(source: ts.SourceFile, name: string): (number | string)[] {
  return [...nodesOf(source)].flatMap((node): (number | string)[] => {
    const names = ts.isVariableDeclaration(node) || ts.isBindingElement(node) || ts.isPropertyAssignment(node);
    if (!names || node.name.getText() !== name || node.initializer === undefined) return [];
    if (ts.isNumericLiteral(node.initializer)) return [Number(node.initializer.text)];
    return ts.isStringLiteral(node.initializer) ? [node.initializer.text] : [];
  });
}
