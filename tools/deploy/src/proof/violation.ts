import type { Code } from "../code/code.ts";
import type { Rendered } from "../manifests/kinds.ts";

/** Where the manifests and the code disagree, and what to do. */
export interface Violation {
  /** The folder and the object: `k8s/user-service Deployment/user-service`. */
  readonly where: string;
  readonly message: string;
}

/** One thing that is proved of what a folder renders to. */
export type Rule = (rendered: Rendered, code: Code) => Violation[];

/** Makes violations of one object. */
export function violationsOf({ folder }: Rendered, object: string, messages: readonly (string | undefined)[]) {
  return messages.flatMap((message): Violation[] =>
    message === undefined ? [] : [{ where: `${folder} ${object}`, message }],
  );
}

/** "a: expected x, got y", or nothing where they are the same. */
export function mismatch(what: string, expected: unknown, got: unknown): string | undefined {
  const [wanted, found] = [expected, got].map((value) => JSON.stringify(value) ?? "none");
  return wanted === found ? undefined : `${what}: expected ${wanted}, got ${found}`;
}
