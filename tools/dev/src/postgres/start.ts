import { chown, mkdtemp, realpath, rm } from "node:fs/promises";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { tryLock } from "../file-lock.ts";
import { makeReachable, socketBase } from "../locations.ts";
import { leashFolder } from "../process/leash.ts";
import { type Server, superviseServer } from "../process/server.ts";
import { type ServerProcess, spawnServer, untilReady } from "../process/server-process.ts";
import { SetupError } from "../setup-error.ts";
import { clearDataFolder, initialise } from "./cluster.ts";
import { createDatabase, withAdmin } from "./database.ts";
import { locatePostgres } from "./programs.ts";
import { copyTemplate } from "./template.ts";

export interface PostgresOptions {
  /** Where the data stays between runs; without it the data is throwaway: removed at the end, not synced to the disk. */
  readonly dataFolder?: string;
  /** In [10, 1000], default 200. */
  readonly maxConnections?: number;
  /** Gets a line when something takes a while. */
  readonly onProgress?: ((line: string) => void) | undefined;
  /** Gets every line that PostgreSQL prints. */
  readonly onLine?: ((line: string) => void) | undefined;
}

export interface Postgres extends Server {
  /** The URL of the superuser; the server listens on a unix socket alone, in a folder that is closed to other users. */
  readonly adminUrl: string;
  /**
   * Makes a role and a database called `name` unless they exist, and gives the URL with which that role reaches that
   * database, and no other.
   */
  createDatabase(name: string): Promise<string>;
}

const readyMs = 60_000; // recovery after a crash replays its log first

/**
 * The data is gone at the end anyway, so nothing waits for the disk. What is committed still outlives a kill -9 of the
 * server: synchronous_commit stays on, and the system keeps what was written.
 */
const unsafeSettings = ["fsync=off", "full_page_writes=off"];

/**
 * Starts a PostgreSQL server and resolves when it answers.
 *
 * It ends with this process at the latest. With a data folder, a server that an earlier process left there is ended
 * first, and one that was killed recovers. Run by root, the server belongs to the user `nobody`.
 *
 * @throws {SetupError} when PostgreSQL does not run here, or another process uses the data folder
 */
export async function startPostgres(options: PostgresOptions = {}): Promise<Postgres> {
  const programs = await locatePostgres({ onProgress: options.onProgress });
  const runFolder = await mkdtemp(join(await realpath(socketBase()), "banyan-postgres-"));
  const leash = leashFolder(runFolder);
  const throwaway = options.dataFolder === undefined;
  const folder = throwaway ? runFolder : await realpath(await makeReachable(options.dataFolder));
  const held = await tryLock(join(folder, "lock"));
  const release = async (): Promise<void> => {
    held?.[Symbol.dispose]();
    await rm(runFolder, { recursive: true, force: true });
    leash[Symbol.dispose]();
  };
  if (!held) {
    await release();
    throw new SetupError(`another process runs PostgreSQL in ${folder}: stop it first`);
  }

  const data = join(folder, "data");
  const adminUrl = `postgres://postgres@localhost/postgres?host=${encodeURIComponent(runFolder)}`;
  const settings = [
    "listen_addresses=",
    `unix_socket_directories=${runFolder}`,
    `max_connections=${options.maxConnections ?? 200}`,
    "timezone=UTC",
    "log_timezone=UTC",
    ...(throwaway ? unsafeSettings : []),
  ];
  const postgres = {
    name: "PostgreSQL",
    file: programs.postgres,
    args: ["-D", data, ...settings.flatMap((setting) => ["-c", setting])],
    stopSignal: "SIGINT", // a "fast shutdown": sessions are ended, data is in order
    orphanSignal: "QUIT",
    user: programs.user,
    onLine: options.onLine,
  } as const;

  const server = await superviseServer(async () => {
    if (programs.user) await chown(runFolder, programs.user.uid, programs.user.gid);
    await clearDataFolder(data);
    if (!existsSync(data)) {
      options.onProgress?.("initialising PostgreSQL…");
      await (throwaway ? copyTemplate : initialise)(programs, data);
    }
    return launch(() => spawnServer(postgres), adminUrl);
  }, release);
  return Object.assign(server, { adminUrl, createDatabase: (name: string) => createDatabase(adminUrl, name) });
}

async function launch(
  spawn: () => Promise<ServerProcess>,
  adminUrl: string,
): Promise<{ server: ServerProcess; version: string }> {
  const giveUpAt = Date.now() + readyMs;
  for (;;) {
    const server = await spawn();
    try {
      return { server, version: await untilReady("PostgreSQL", server, () => askVersion(adminUrl), readyMs) };
    } catch (error) {
      await server.stop();
      // sessions of a server that was killed end a moment after it, and hold its shared memory until then
      const blocked = server.lastLines.some((line) => line.includes("pre-existing shared memory block"));
      if (!blocked || Date.now() >= giveUpAt) throw error;
    }
  }
}

async function askVersion(adminUrl: string): Promise<string> {
  return withAdmin(adminUrl, async (admin) => {
    await admin.query("REVOKE CONNECT ON DATABASE postgres, template1 FROM PUBLIC");
    const { rows } = await admin.query<{ server_version: string }>("SHOW server_version");
    return rows[0]?.server_version ?? "unknown";
  });
}
