import { setTimeout as sleep } from "node:timers/promises";
import { openRegistry } from "@banyan/registry";
import { startPlatform, type Platform } from "../rolling/platform.ts";
import { endInstance, type Restart } from "../rolling/restarts.ts";
import type { RollingOptions, RollingResult } from "../rolling/rolling-run.ts";
import { services, type Service } from "../rolling/service-instance.ts";
import { underLoad } from "../rolling/under-load.ts";
import { bundleRelease, migrateTo, nextRelease, type BundledRelease } from "./release.ts";

/** One service going from one version to the next; times are by `performance.now()`. */
export interface Deploy {
  readonly service: Service;
  readonly from: string;
  readonly to: string;
  /** What the database was expanded by. */
  readonly migrations: readonly string[];
  /** The version before serves alone, on the new schema, from here on. */
  readonly migratedAt: number;
  /** All of the next version are ready: both serve. */
  readonly readyAt: number;
  /** The last one of the version before has ended. */
  readonly goneAt: number;
  /** The versions that etcd lists then. */
  readonly listed: readonly string[];
}

export interface DeployResult extends RollingResult {
  readonly deploys: readonly Deploy[];
}

const versions = { before: "1.0.0", after: "1.1.0" };
/** How long the version before serves on the schema of the next one, before that one starts. */
const aloneMs = 500;
/** A list follows etcd within milliseconds. */
const listedMs = 5000;

/**
 * Deploys the next version of each service, one after the other, while the platform is called: its expanding migration is
 * run, as many instances of it come up beside those of the version before, and then these go away, one by one.
 *
 * @throws when a migration fails, an instance does not come up or does not end in good order, or `signal` is aborted
 */
export async function runDeploys(options: RollingOptions): Promise<DeployResult> {
  const { instances, signal, onProgress } = options;
  await using releases = new AsyncDisposableStack();
  onProgress("bundling the services");
  const before = await perService(async (service) => releases.use(await bundleRelease(service, versions.before)));
  const after = await perService(async (service) =>
    releases.use(await nextRelease(service, before[service], versions.after)),
  );
  onProgress("bringing up etcd, PostgreSQL and the services");
  await using platform = await startPlatform({ instances, signal, releaseOf: (service) => before[service] });
  const restarts: Restart[] = [];
  const deploys: Deploy[] = [];
  const load = await underLoad(platform, options, {
    async carryOut(enough) {
      for (const service of services) {
        deploys.push(await deploy(platform, service, after[service], (restart) => restarts.push(restart)));
        onProgress(`${service} is at ${after[service].version}`);
      }
      while (!enough.aborted) await sleep(50);
    },
    progress: () => `${deploys.length} of ${services.length} deploys`,
  });
  const { etcdVersion, environment } = platform;
  return { ...load, etcdVersion, environment, restarts, deploys };
}

async function deploy(
  platform: Platform,
  service: Service,
  next: BundledRelease,
  onRestart: (restart: Restart) => void,
): Promise<Deploy> {
  const old = platform.running.filter((instance) => instance.service === service);
  const migrations = await migrateTo(next, platform.databaseUrl(service));
  const migratedAt = performance.now();
  await sleep(aloneMs);
  for (let i = 0; i < old.length; i++) await platform.start(service, { release: next });
  const readyAt = performance.now();
  for (const instance of old) await endInstance(platform, instance, "new version", onRestart);
  const goneAt = performance.now();
  const from = [...new Set(old.map(({ release }) => release.version))].join(", ");
  const listed = await listedVersions(platform, service, old.length);
  return { service, from, to: next.version, migrations, migratedAt, readyAt, goneAt, listed };
}

/** The versions of a service's instances in etcd, as a program lists them that has just come. */
async function listedVersions(platform: Platform, service: Service, count: number): Promise<readonly string[]> {
  const silent = { info: () => undefined, warn: () => undefined, debug: () => undefined };
  const config = { ETCD_ENDPOINTS: [platform.etcdEndpoint], BANYAN_ENV: "development" } as const;
  await using registry = openRegistry(config, { log: silent });
  await using watch = registry.watch(service);
  for (const until = performance.now() + listedMs; performance.now() < until; await sleep(10)) {
    if (watch.instances.length >= count) break;
  }
  return watch.instances.map(({ version }) => version ?? "none");
}

async function perService<Value>(make: (service: Service) => Promise<Value>): Promise<Record<Service, Value>> {
  const [user, order, inventory] = await Promise.all([make("user"), make("order"), make("inventory")]);
  return { user, order, inventory };
}
