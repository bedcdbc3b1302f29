import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEtcd, startPostgres, type Etcd, type Postgres } from "@banyan/dev";
import { viewEtcd, type EtcdView } from "./etcd-view.ts";
import { eventually } from "./eventually.ts";
import { projectOf, spawnService, type AppName, type ServiceCommand, type ServiceProcess } from "./service-process.ts";

export interface InstanceOptions {
  /** Variables beside, or instead of, the usual ones; undefined takes one away. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** How it is run, by default from its sources. */
  readonly command?: ServiceCommand;
}

/** An instance that serves and is listed. */
export interface Instance extends ServiceProcess {
  /** `host:port`, to dial from this machine. */
  readonly listening: string;
}

/** etcd, PostgreSQL with a database a service, and processes of the services; all of it ends with its disposal. */
export interface Platform extends AsyncDisposable {
  readonly etcd: Etcd;
  readonly postgres: Postgres;
  readonly registry: EtcdView;
  databaseUrl(service: AppName): Promise<string>;
  /** Starts a process, with an id of its own, on a free port, and does not wait for more. */
  spawn(service: AppName, options?: InstanceOptions): Promise<ServiceProcess>;
  /** Starts an instance and waits until it serves and etcd lists it. */
  start(service: AppName, options?: InstanceOptions): Promise<Instance>;
}

export async function startPlatform(): Promise<Platform> {
  await using opening = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), "banyan-e2e-"));
  opening.defer(() => rm(folder, { recursive: true, force: true }));
  const etcd = opening.use(await startEtcd());
  const postgres = opening.use(await startPostgres());
  const registry = viewEtcd(etcd.endpoint);
  const processes = opening.use(new AsyncDisposableStack());
  const databases = new Map<AppName, Promise<string>>();
  let spawned = 0;

  const databaseUrl = (service: AppName): Promise<string> => {
    const url = databases.get(service) ?? postgres.createDatabase(projectOf(service).replace("-", "_"));
    databases.set(service, url);
    return url;
  };
  const spawn: Platform["spawn"] = async (service, { environment, command } = {}) => {
    spawned += 1;
    const id = `${service}-${spawned}`;
    const usual = {
      BANYAN_ENV: "development",
      PORT: "0",
      INSTANCE_ID: id,
      DATABASE_URL: await databaseUrl(service),
      ETCD_ENDPOINTS: etcd.endpoint,
      LOG_FORMAT: "json",
    };
    return processes.use(
      await spawnService({ service, id, folder, command, environment: { ...usual, ...environment } }),
    );
  };
  const start: Platform["start"] = async (service, options) => {
    const process = await spawn(service, options);
    const listening = await process.address();
    const key = `/services/${service}/${process.id}`;
    await eventually(async () => {
      const entries = await registry.list(key);
      if (!entries.some((entry) => entry.key === key)) throw new Error(`etcd does not list ${key}`);
    });
    return { ...process, listening };
  };

  const opened = opening.move();
  return { etcd, postgres, registry, databaseUrl, spawn, start, [Symbol.asyncDispose]: () => opened.disposeAsync() };
}
