import { type Etcd, startEtcd } from "../etcd/start.ts";
import { type Postgres, startPostgres } from "../postgres/start.ts";
import { freePort, isPortFree } from "../process/port.ts";
import type { Server } from "../process/server.ts";
import { ServerFailedError } from "../process/server-process.ts";
import { SetupError } from "../setup-error.ts";
import type { SupervisorPaths } from "./paths.ts";
import type { Reached } from "./protocol.ts";

/** etcd and PostgreSQL of one checkout, each started when it is asked for first. */
export interface Servers extends AsyncDisposable {
  etcd(): Promise<Reached>;
  database(name: string): Promise<Reached>;
}

export interface ServersOptions {
  readonly paths: SupervisorPaths;
  readonly onProgress: (line: string) => void;
  /** Gets a line when something has come up, and the lines that the servers print. */
  readonly onLine: (line: string) => void;
  /** Called when a server has ended that nobody stopped. */
  readonly onLost: (reason: string) => void;
}

const usualEtcdPort = 2379;

export function createServers({ paths, onProgress, onLine, onLost }: ServersOptions): Servers {
  const stopped = new AbortController();
  const etcd = startOnce<Etcd>("etcd", paths.logFile, onLost, async () => {
    const port = (await isPortFree(usualEtcdPort)) ? usualEtcdPort : await freePort();
    const started = await startEtcd({
      dataFolder: paths.etcdData,
      port,
      signal: stopped.signal,
      onProgress,
      onLine: prefixed("etcd", onLine),
    });
    onLine(`etcd ${started.version} at ${started.endpoint}`);
    return started;
  });
  const postgres = startOnce<Postgres>("PostgreSQL", paths.logFile, onLost, async () => {
    const onPostgresLine = prefixed("postgres", onLine);
    const started = await startPostgres({ dataFolder: paths.postgresData, onProgress, onLine: onPostgresLine });
    onLine(`PostgreSQL ${started.version}`);
    return started;
  });
  return {
    async etcd() {
      const { endpoint, version } = await etcd.get();
      return { url: endpoint, version };
    },
    async database(name) {
      const server = await postgres.get();
      return { url: await server.createDatabase(name), version: server.version };
    },
    async [Symbol.asyncDispose]() {
      stopped.abort();
      await Promise.all([etcd.stop(), postgres.stop()]);
    },
  };
}

interface StartedOnce<S> {
  get(): Promise<S>;
  stop(): Promise<void>;
}

/** Starts at the first get(); a start that failed is tried again at the next one. */
function startOnce<S extends Server>(
  name: string,
  logFile: string,
  onLost: (reason: string) => void,
  start: () => Promise<S>,
): StartedOnce<S> {
  let starting: Promise<S> | undefined;
  let stopping = false;
  const watch = async (server: S): Promise<void> => {
    const how = await server.ended;
    if (!stopping) onLost(`${name} has ended (${how})`);
  };
  const startAndWatch = async (): Promise<S> => {
    try {
      const server = await start();
      void watch(server);
      return server;
    } catch (error) {
      starting = undefined;
      if (!(error instanceof ServerFailedError)) throw error;
      throw new SetupError(`${error.message}; the log is ${logFile}, and npm run reset starts over without the data`);
    }
  };
  return {
    get: () => (starting ??= startAndWatch()),
    async stop() {
      stopping = true;
      const server = await starting?.catch(() => undefined); // a failed start left nothing behind
      await server?.[Symbol.asyncDispose]();
    },
  };
}

function prefixed(name: string, onLine: (line: string) => void): (line: string) => void {
  return (line) => onLine(`${name}: ${line}`);
}
