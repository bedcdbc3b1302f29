import { globalUsesOf } from "./globals.ts";
import type { Violation } from "./violation.ts";
import { isProduction, typescriptBelow, type Workspace } from "./workspace.ts";

const mostLines = 59;
const once = "an app spells process.env once, in src/main.ts, and hands it to readConfig of src/config.ts";

/**
 * Judges the programs of an app: src/main.ts, and src/migrate.ts where there is one, are short, and the only files that see
 * the environment.
 */
export function checkCompositionRoot(workspace: Workspace, root: string): Violation[] {
  const programs = [`${root}/src/main.ts`, `${root}/src/migrate.ts`];
  return [
    ...programs.filter((path) => workspace.paths.includes(path)).flatMap((path) => checkProgram(workspace, path)),
    ...typescriptBelow(workspace, `${root}/src`)
      // The domain is judged by the rules of its room.
      .filter((path) => !programs.includes(path) && isProduction(path) && !path.includes("/domain/"))
      .flatMap((path) => environmentLines(workspace, path).map((line) => tooMuch(path, line))),
  ];
}

function checkProgram(workspace: Workspace, path: string): Violation[] {
  const violations = environmentLines(workspace, path)
    .slice(1)
    .map((line) => tooMuch(path, line));
  if (environmentLines(workspace, path).length === 0)
    violations.push({ path, rule: "rooms/environment", message: `must use process.env: ${once}` });
  const lines = workspace.text(path).trimEnd().split("\n").length;
  if (lines > mostLines) {
    const message = `has ${lines} lines and may have ${mostLines}: what is more than wiring belongs in a room`;
    violations.push({ path, rule: "rooms/main", message });
  }
  return violations;
}

function tooMuch(path: string, line: number): Violation {
  return { path, line, rule: "rooms/environment", message: `must not use process.env: ${once}` };
}

function environmentLines(workspace: Workspace, path: string): number[] {
  return globalUsesOf(workspace.source(path))
    .filter(({ kind }) => kind === "environment")
    .map(({ line }) => line);
}
