import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { workspaceFolder } from "../platform/paths.ts";

/** What docs/errors.md says of a reason. */
export interface DocumentedError {
  /** As gRPC spells it: `NOT_FOUND`. */
  readonly status: string;
  /** Names of the facts, sorted. */
  readonly facts: readonly string[];
  /** What sort of thing it is about; empty where it is about none. */
  readonly resource: string;
}

/**
 * Reads the page of errors as its readers do.
 *
 * @returns what it says of a reason of a service
 */
export async function readErrorsPage(): Promise<(typeName: string, reason: string) => DocumentedError> {
  const page = await readFile(join(workspaceFolder, "docs/errors.md"), "utf8");
  return (typeName, reason) => {
    const [, section = ""] = page.split(`### ${typeName}\n`);
    const row = section
      .split(/^#/m, 1)[0]
      ?.split("\n")
      .find((line) => line.startsWith(`| \`${reason}\` `));
    if (row === undefined) throw new Error(`docs/errors.md says nothing of ${reason} of ${typeName}`);
    const [, , , status = "", , facts = "", resource = ""] = row.split("|").map((cell) => cell.trim());
    const names = [...facts.matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name);
    return { status, facts: names.sort(), resource: resource.replace(/,.*$/, "") };
  };
}
