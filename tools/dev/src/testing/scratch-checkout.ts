import { cp, mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { lock } from "../file-lock.ts";
import { thisCheckout } from "../locations.ts";
import { type SupervisorPaths, supervisorPaths } from "../supervisor/paths.ts";

/** A checkout with this package and services of the test's own. Disposal waits for its supervisor and removes all of it. */
export interface ScratchCheckout extends AsyncDisposable {
  readonly folder: string;
  readonly paths: SupervisorPaths;
  /** The path of one of this package's files in there, by its path below src. */
  source(file: string): string;
  /** Writes the main.ts of an app. */
  addApp(app: string, main: string): Promise<void>;
  /** Resolves when no supervisor runs for it. */
  settled(): Promise<void>;
  /** How often a supervisor has begun to listen. */
  supervisorStarts(): Promise<number>;
}

/** The name has a space in it, because a checkout's may. */
export async function makeScratchCheckout(): Promise<ScratchCheckout> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), "banyan scratch-")));
  const source = (file: string): string => join(folder, "tools", "dev", "src", file);
  await cp(join(import.meta.dirname, ".."), source(""), { recursive: true });
  await writeFile(join(folder, "tools", "dev", "package.json"), `{ "type": "module" }`);
  await symlink(join(thisCheckout(), "node_modules"), join(folder, "node_modules"));
  const paths = supervisorPaths(folder);
  const settled = async (): Promise<void> => {
    using _lock = await lock(paths.supervisorLock, { timeoutMs: 15_000 });
  };
  return {
    folder,
    paths,
    source,
    settled,
    async addApp(app, main) {
      const file = join(folder, "apps", app, "src", "main.ts");
      await mkdir(join(file, ".."), { recursive: true });
      await writeFile(file, main);
    },
    async supervisorStarts() {
      const log = await readFile(paths.logFile, "utf8").catch(() => "");
      return log.split("\n").filter((line) => line.includes("listening on /")).length;
    },
    async [Symbol.asyncDispose]() {
      await sleep(50);
      await settled();
      for (const path of [folder, paths.state, paths.control, paths.supervisorLock, paths.startLock]) {
        await rm(path, { recursive: true, force: true });
      }
    },
  };
}
