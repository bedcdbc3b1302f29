import { existsSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { lock } from "../file-lock.ts";
import { cacheFolder, makeReachable } from "../locations.ts";
import { runCommand } from "../process/command.ts";
import { initialise } from "./cluster.ts";
import type { PostgresPrograms } from "./programs.ts";

const makeMs = 120_000;
const copyMs = 60_000;

/**
 * Puts a new cluster at `data`, whose data are throwaway: a copy of one that was made once and that no server has run on.
 * Making one takes a second of CPU, a copy a tenth of it.
 *
 * @param cache where that one is kept (39 MB), by default the user's cache folder
 */
export async function copyTemplate(programs: PostgresPrograms, data: string, cache = cacheFolder()): Promise<void> {
  const { user } = programs;
  const template = await makeTemplate(programs, cache);
  const unfinished = `${data}.unfinished`;
  await rm(unfinished, { recursive: true, force: true });
  await runCommand({ file: "cp", args: ["-Rp", template, unfinished], timeoutMs: copyMs, user });
  await rename(unfinished, data);
}

async function makeTemplate(programs: PostgresPrograms, cache: string): Promise<string> {
  const told = await runCommand({
    file: programs.postgres,
    args: ["--version"],
    timeoutMs: copyMs,
    user: programs.user,
  });
  const [version = "unknown"] = /\d+(\.\d+)*/.exec(told) ?? []; // postgres (PostgreSQL) 18.4
  const name = `postgres-cluster-${version}-${process.platform}-${process.arch}`;
  const folder = join(await makeReachable(cache), name);
  const template = join(folder, "data");
  if (existsSync(template)) return template;
  using _lock = await lock(`${folder}.lock`, { timeoutMs: makeMs });
  if (existsSync(template)) return template;
  await mkdir(folder, { recursive: true });
  await initialise(programs, template);
  return template;
}
