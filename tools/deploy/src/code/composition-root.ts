import ts from "typescript";
import { nodesOf } from "./source.ts";

/** What a service's src/main.ts says of its place among the others. */
export interface CompositionRoot {
  /** The name under which it is announced, as in `user`. */
  readonly announces: string;
  /** The names of the services that it calls: each `registry.watch("…")`, sorted. */
  readonly calls: readonly string[];
}

/** @throws when it announces nothing or more than one name, or when a name is no literal */
export function readCompositionRoot(source: ts.SourceFile): CompositionRoot {
  const announced = namesGiven(source, "announce");
  const [announces] = announced;
  if (announces === undefined || announced.length > 1) {
    throw new Error(`${source.fileName} announces ${announced.length} names, expected one registry.announce("…")`);
  }
  return { announces, calls: [...new Set(namesGiven(source, "watch"))].sort() };
}

/** The first argument of each call `registry.<method>(…)`. */
function namesGiven(source: ts.SourceFile, method: string): string[] {
  return [...nodesOf(source)].flatMap((node) => {
    if (!ts.isCallExpression(node) || node.expression.getText() !== `registry.${method}`) return [];
    const [name] = node.arguments;
    if (name !== undefined && ts.isStringLiteral(name)) return [name.text];
    throw new Error(`${source.fileName}: the name given to registry.${method} is no literal, and cannot be proved`);
  });
}
