import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, rm, symlink } from "node:fs/promises";
import { delimiter, join, relative } from "node:path";
import type { ServiceNames } from "./names.ts";

/** Each command takes a second or two. */
const limitMs = 120_000;

const byHand = "npm install && npm run generate && node tools/check/src/main.ts errors --write";

/**
 * Does what takes the files of a new service to be on the disk: npm learns of its packages, buf generates its stubs, and
 * the page of errors tells of its reasons. Needs no network: the packages of a new service are those that others have.
 *
 * @throws naming the command that failed, and how to go on by hand
 */
export async function settle(root: string, { one: { kebab, snake } }: ServiceNames): Promise<void> {
  // `npm install` would do the first two in one, and look at every other package as well.
  await run(root, "npm", "install", "--package-lock-only", "--ignore-scripts", "--silent");
  await link(root, `stubs-${kebab}`, `libs/stubs/${kebab}`);
  await link(root, `${kebab}-service`, `apps/${kebab}-service`);
  await run(root, "buf", "generate", "--path", `proto/${snake}`, "-o", `libs/stubs/${kebab}`);
  await run(root, process.execPath, "tools/check/src/main.ts", "errors", "--write");
}

/** Links a package of the workspace where Node looks for it, as npm does. */
async function link(root: string, name: string, folder: string): Promise<void> {
  const scope = join(root, "node_modules/@banyan");
  await mkdir(scope, { recursive: true });
  await rm(join(scope, name), { force: true });
  await symlink(relative(scope, join(root, folder)), join(scope, name));
}

/** Runs a command of node_modules/.bin, or of the PATH, to its end; what it says is shown. */
async function run(root: string, command: string, ...args: string[]): Promise<void> {
  const shown = [command === process.execPath ? "node" : command, ...args].join(" ");
  const path = [join(root, "node_modules/.bin"), process.env["PATH"]].join(delimiter);
  const child = spawn(command, args, {
    cwd: root,
    env: { ...process.env, PATH: path },
    stdio: ["ignore", "inherit", "inherit"],
    timeout: limitMs,
  });
  const [code, signal] = await once(child, "close");
  if (code === 0) return;
  const how = signal ?? `exit code ${code}`;
  throw new Error(`the service is written, but "${shown}" failed (${how}); when that is mended, go on with ${byHand}`);
}
