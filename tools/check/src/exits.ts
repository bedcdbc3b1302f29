import { globalUsesOf } from "./globals.ts";
import type { Violation } from "./violation.ts";
import { typescriptBelow, type Workspace } from "./workspace.ts";

/** `run`, whose last-resort timer is the only one to end a process by force. */
const lastResort = "libs/service/src/run.ts";

const instead = "throw, or set process.exitCode and return; run() of @banyan/service does both";

/** Judges that nothing ends the process under code that still has something open. */
export function checkExits(workspace: Workspace): Violation[] {
  return typescriptBelow(workspace, "")
    .filter((path) => path !== lastResort)
    .flatMap((path) =>
      globalUsesOf(workspace.source(path))
        .filter(({ kind }) => kind === "exit")
        .map(({ name, line }) => ({ path, line, rule: "layout/exit", message: `must not use ${name}: ${instead}` })),
    );
}
