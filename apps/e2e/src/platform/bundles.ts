import { execFile } from "node:child_process";
import { cp, mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { workspaceFolder } from "./paths.ts";
import type { ServiceName } from "./service-process.ts";

/** A service as its image has it: `dist/` with its bundles, `migrations/`, and nothing else. Disposal removes it. */
export interface BundledService extends AsyncDisposable {
  readonly folder: string;
}

const bundleMs = 60_000;

/** Bundles a service into a folder of its own, from whose parents no package can be reached. */
export async function bundleService(service: ServiceName): Promise<BundledService> {
  await using opening = new AsyncDisposableStack();
  const folder = await mkdtemp(join(await realpath(tmpdir()), "banyan-bundle-"));
  opening.defer(() => rm(folder, { recursive: true }));
  const app = `apps/${service}-service`;
  await runNode(["tools/build/src/bundle.ts", app, folder], { folder: workspaceFolder, timeoutMs: bundleMs });
  await cp(join(workspaceFolder, app, "migrations"), join(folder, "migrations"), { recursive: true });
  const opened = opening.move();
  return { folder, [Symbol.asyncDispose]: () => opened.disposeAsync() };
}

/**
 * Runs a Node program to its end.
 *
 * @param options.env all of its variables but PATH
 * @returns what it printed on stdout
 * @throws with what it printed on stderr, when its exit code is not 0
 */
export async function runNode(
  args: readonly string[],
  options: {
    readonly folder: string;
    readonly timeoutMs: number;
    readonly env?: Readonly<Record<string, string | undefined>>;
  },
): Promise<string> {
  const { folder, timeoutMs, env } = options;
  const { stdout } = await promisify(execFile)(process.execPath, args, {
    cwd: folder,
    timeout: timeoutMs,
    env: { PATH: process.env["PATH"], ...env },
  });
  return stdout;
}
