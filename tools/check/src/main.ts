import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { checkBreaking } from "./breaking.ts";
import { workspaceRoot } from "./command.ts";
import { checkContracts, readImage } from "./contracts.ts";
import { checkErrors } from "./errors/check-errors.ts";
import { checkErrorsPage, errorsPage, renderErrorsPage } from "./errors/errors-page.ts";
import { readEdges } from "./graph.ts";
import { checkLayers } from "./layers.ts";
import { checkLayout } from "./layout.ts";
import { checkLock, completeLock } from "./lock.ts";
import { checkRooms } from "./rooms.ts";
import { describeViolation, type Violation } from "./violation.ts";
import { readWorkspace } from "./workspace.ts";

const lockFile = join(workspaceRoot, "package-lock.json");
const workspace = readWorkspace(workspaceRoot);

const checks: Readonly<Record<string, () => Promise<readonly Violation[]>>> = {
  layers: async () => checkLayers(workspace, await readEdges()),
  rooms: async () => checkRooms(workspace),
  layout: async () => checkLayout(workspace),
  lock: async () => checkLock(readFileSync(lockFile, "utf8")),
  contracts: () => checkContracts(workspaceRoot),
  errors: async () => {
    const withNewPage = readWorkspace(workspaceRoot);
    const image = await readImage(workspaceRoot);
    return [...checkErrors(withNewPage, image), ...(await checkErrorsPage(withNewPage, image))];
  },
  breaking: async () => {
    const { comparison, violations } = await checkBreaking(workspaceRoot);
    process.stdout.write(`breaking: ${comparison}\n`);
    return violations;
  },
};

const asked = process.argv.slice(2).filter((argument) => argument !== "--write");
const unknown = asked.filter((name) => !(name in checks));
if (asked.length === 0 || unknown.length > 0) {
  process.stderr.write(
    `usage: node tools/check/src/main.ts <check>… [--write: first complete the lock file, generate the page of errors]\n`,
  );
  process.stderr.write(`checks: ${Object.keys(checks).join(" ")}\n`);
  process.exitCode = 2;
}

if (process.argv.includes("--write") && asked.includes("lock"))
  writeFileSync(lockFile, completeLock(readFileSync(lockFile, "utf8")));
if (process.argv.includes("--write") && asked.includes("errors"))
  writeFileSync(
    join(workspaceRoot, errorsPage),
    await renderErrorsPage(readWorkspace(workspaceRoot), await readImage(workspaceRoot)),
  );

for (const name of unknown.length > 0 ? [] : asked) {
  const violations = (await checks[name]?.()) ?? [];
  process.stdout.write(violations.map((violation) => `${describeViolation(violation)}\n`).join(""));
  process.stdout.write(`${name}: ${violations.length === 0 ? "nothing to mend" : `${violations.length} to mend`}\n`);
  if (violations.length > 0) process.exitCode = 1;
}
