import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { tryLock } from "../file-lock.ts";
import { socketBase } from "../locations.ts";
import { leashFolder } from "../process/leash.ts";
import { endLeftover } from "../process/leftover.ts";
import { freePort, isPortFree } from "../process/port.ts";
import { type Server, superviseServer } from "../process/server.ts";
import { spawnServer, untilReady } from "../process/server-process.ts";
import { SetupError } from "../setup-error.ts";
import { addressFlags, tlsFlags, type EtcdFlags, type EtcdMember, type EtcdTls } from "./flags.ts";
import { locateEtcd } from "./locate.ts";

export interface EtcdOptions {
  /** Where the data stays between runs; without it the data is throwaway: removed at the end, not synced to the disk. */
  readonly dataFolder?: string;
  /** The port on 127.0.0.1, by default a free one. */
  readonly port?: number;
  /** Further flags, over ours: `{ "auth-token-ttl": "1" }`. */
  readonly flags?: EtcdFlags;
  /** Serves clients over TLS instead of plain HTTP. */
  readonly tls?: EtcdTls;
  /** Makes it one of several; without it, it is alone. */
  readonly member?: EtcdMember;
  /** Gets a line when something takes a while. */
  readonly onProgress?: ((line: string) => void) | undefined;
  /** Gets every line that etcd prints. */
  readonly onLine?: ((line: string) => void) | undefined;
  /** Gives up the fetching of etcd that a first start may need. */
  readonly signal?: AbortSignal | undefined;
}

export interface Etcd extends Server {
  /** `http://127.0.0.1:<port>`, or https with TLS; gRPC, and JSON below /v3. */
  readonly endpoint: string;
}

const readyMs = 20_000;

/**
 * Starts an etcd, of one member unless it is made one of several, and resolves when it is healthy: a member is when most
 * of its cluster are up.
 *
 * It ends with this process at the latest. With a data folder, an etcd that an earlier process left there is ended first.
 *
 * @throws {SetupError} when there is no etcd to be had, the port is taken, or another process uses the data folder
 */
export async function startEtcd(options: EtcdOptions = {}): Promise<Etcd> {
  const program = await locateEtcd({ onProgress: options.onProgress, signal: options.signal });
  const throwaway = options.dataFolder === undefined;
  const folder = throwaway ? await mkdtemp(join(socketBase(), "banyan-etcd-")) : await openFolder(options.dataFolder);
  const leash = throwaway ? leashFolder(folder) : undefined;
  const held = await tryLock(join(folder, "lock"));
  if (!held) throw new SetupError(`another process runs etcd in ${folder}: stop it first`);

  const port = options.port ?? (await freePort());
  const endpoint = `${options.tls ? "https" : "http"}://127.0.0.1:${port}`;
  const metricsUrl = options.tls && `http://127.0.0.1:${await freePort()}`;
  const data = join(folder, "data");
  const pidFile = join(folder, "pid");
  const flags = {
    "data-dir": data,
    "log-level": "warn",
    // Data that are kept from run to run would grow by every report and lease of all runs.
    "auto-compaction-mode": "periodic",
    "auto-compaction-retention": "1h",
    ...addressFlags(endpoint, options.member),
    ...(options.tls && metricsUrl && tlsFlags(options.tls, metricsUrl)),
    ...options.flags,
  };
  const args = Object.entries(flags).map(([flag, value]) => `--${flag}=${value}`);

  const server = await superviseServer(
    async () => {
      await endLeftover(pidFile, data, "SIGTERM");
      // whoever has the port would answer for the etcd that is about to fail
      if (!(await isPortFree(port)))
        throw new SetupError(`etcd cannot start: port ${port} is taken by another program`);
      const etcd = await spawnServer({
        name: "etcd",
        file: program.file,
        args: throwaway ? [...args, "--unsafe-no-fsync"] : args,
        onLine: options.onLine,
      });
      try {
        await writeFile(pidFile, `${etcd.pid}\n`);
        const isHealthy = (signal: AbortSignal): Promise<true | undefined> => askHealth(metricsUrl ?? endpoint, signal);
        await untilReady(`etcd on port ${port}`, etcd, isHealthy, readyMs);
      } catch (error) {
        await etcd.stop();
        throw error;
      }
      return { server: etcd, version: program.version };
    },
    async () => {
      held[Symbol.dispose]();
      if (throwaway) await rm(folder, { recursive: true, force: true });
      leash?.[Symbol.dispose]();
    },
  );
  return Object.assign(server, { endpoint });
}

async function openFolder(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  return realpath(folder);
}

async function askHealth(url: string, signal: AbortSignal): Promise<true | undefined> {
  const response = await fetch(`${url}/health`, { signal });
  const answer: unknown = await response.json();
  return response.ok && typeof answer === "object" && answer !== null && "health" in answer && answer.health === "true"
    ? true
    : undefined;
}
