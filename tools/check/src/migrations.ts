import { posix } from "node:path";
import type { Violation } from "./violation.ts";
import type { Workspace } from "./workspace.ts";

/** Judges an app's migrations: `0001_….sql`, `0002_….sql`, without a gap, and forward only. */
export function checkMigrations(workspace: Workspace, root: string): Violation[] {
  const paths = workspace.paths.filter((path) => path.startsWith(`${root}/migrations/`)).sort();
  return [...checkNumbers(paths), ...paths.flatMap((path) => checkForward(path, workspace.text(path)))];
}

function checkNumbers(paths: readonly string[]): Violation[] {
  return paths.flatMap((path, index): Violation[] => {
    const number = String(index + 1).padStart(4, "0");
    const name = posix.basename(path);
    if (/^\d{4}_[a-z0-9]+(_[a-z0-9]+)*\.sql$/.test(name) && name.startsWith(`${number}_`)) return [];
    const message = `must be called ${number}_<what_it_does>.sql: migrations are numbered from 0001 without a gap`;
    return [{ path, rule: "rooms/migrations", message }];
  });
}

/** node-pg-migrate takes what follows such a comment as the way back. */
const wayBack = /^\s*--\s*down migration/i;

function checkForward(path: string, text: string): Violation[] {
  const index = text.split("\n").findIndex((line) => wayBack.test(line));
  if (index === -1) return [];
  const message = "must not describe a way back: migrations go forward only, a mistake is mended by the next one";
  return [{ path, line: index + 1, rule: "rooms/migrations", message }];
}
