import { networkInterfaces } from "node:os";
import { startEtcd, startPostgres } from "@banyan/dev";
import {
  freeSeat,
  services,
  sourcesOf,
  startInstance,
  type Release,
  type Seat,
  type Service,
  type ServiceInstance,
} from "./service-instance.ts";

export interface PlatformOptions {
  /** Of each service. */
  readonly instances: number;
  /** What they run, by default the sources of the checkout. */
  readonly releaseOf?: (service: Service) => Release;
  readonly signal: AbortSignal;
}

/** How an instance differs from what the platform began with. */
export interface StartOptions {
  /** Of one that has ended; by default a new one. */
  readonly seat?: Seat;
  readonly release?: Release;
}

/** etcd, PostgreSQL, and instances of the three services, each a process of its own. Disposal ends all of them. */
export interface Platform extends AsyncDisposable {
  readonly etcdEndpoint: string;
  readonly etcdVersion: string;
  /** `production`, unless this machine has no address but its own loopback. */
  readonly environment: "production" | "development";
  /** Those that run, in the order in which they are to be restarted. */
  readonly running: readonly ServiceInstance[];
  databaseUrl(service: Service): string;
  /** Starts one more, and resolves when it is ready. */
  start(service: Service, options?: StartOptions): Promise<ServiceInstance>;
  /** Ends one in good order. */
  stop(instance: ServiceInstance): Promise<void>;
}

export async function startPlatform({ instances, releaseOf = sourcesOf, signal }: PlatformOptions): Promise<Platform> {
  await using opening = new AsyncDisposableStack();
  const etcd = opening.use(await startEtcd({ signal }));
  const postgres = opening.use(await startPostgres());
  const databases: Record<string, string> = {};
  for (const service of services) databases[service] = await postgres.createDatabase(service);

  const host = addressOfThisMachine();
  const environment = host === undefined ? "development" : "production";
  const running: ServiceInstance[] = [];
  let started = 0;
  opening.defer(async () => {
    await Promise.all(running.map((instance) => instance[Symbol.asyncDispose]()));
  });

  const platform = {
    etcdEndpoint: etcd.endpoint,
    etcdVersion: etcd.version,
    environment,
    running,
    databaseUrl: (service: Service) => databases[service] ?? "",
    async start(service: Service, { seat, release = releaseOf(service) }: StartOptions = {}) {
      const { version } = release;
      const instance = await startInstance({
        service,
        release,
        name: `${service}-${++started}`,
        seat: seat ?? (await freeSeat()),
        env: {
          ETCD_ENDPOINTS: etcd.endpoint,
          DATABASE_URL: platform.databaseUrl(service),
          BANYAN_ENV: environment,
          LOG_LEVEL: "warn",
          LOG_FORMAT: "json",
          ...(host !== undefined && { POD_IP: host }),
          ...(version !== undefined && { INSTANCE_VERSION: version, REGISTRY_RECORD: "endpoint" }),
        },
        signal,
      });
      running.push(instance);
      return instance;
    },
    async stop(instance: ServiceInstance) {
      running.splice(running.indexOf(instance), 1);
      await instance.stop();
    },
  } as const;
  for (const service of services) await platform.start(service); // the first one migrates the database
  for (let i = 1; i < instances; i++) await Promise.all(services.map((service) => platform.start(service)));
  const opened = opening.move();
  return { ...platform, [Symbol.asyncDispose]: () => opened.disposeAsync() };
}

/** Outside development no loopback address is announced. */
function addressOfThisMachine(): string | undefined {
  const addresses = Object.values(networkInterfaces()).flatMap((found) => found ?? []);
  return addresses.find(({ family, internal }) => family === "IPv4" && !internal)?.address;
}
