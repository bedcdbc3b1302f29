import { openRegistry, type Registry, type RegistryLog } from "@banyan/registry";
import { directRoute, openRoute, type Route } from "../world/route.ts";
import type { World } from "../world/world.ts";
import type { Truth } from "./truth.ts";

/** A process that uses the registry, played by this one: a registry of its own with connections of its own. */
export interface Client extends AsyncDisposable {
  readonly name: string;
  readonly ttlSeconds: number;
  readonly registry: Registry;
  readonly route: Route;
  /** Since when etcd can be reached from here, by `performance.now()`; undefined while it cannot. */
  reachableSince: number | undefined;
}

export interface ClientOptions {
  readonly name: string;
  readonly ttlSeconds: number;
  /** Goes to etcd without a proxy. */
  readonly direct?: boolean;
  readonly log: RegistryLog;
  /** Answers the probes for the health of instances. */
  readonly truth: Truth;
}

export async function openClient(world: World, options: ClientOptions): Promise<Client> {
  const { name, ttlSeconds, log, truth } = options;
  const route = options.direct ? directRoute(world.endpoints) : await openRoute(world.endpoints);
  const registry = openRegistry(
    {
      ETCD_ENDPOINTS: [...route.endpoints],
      ETCD_USERNAME: world.credentials?.username,
      ETCD_PASSWORD: world.credentials?.password,
      INSTANCE_ID: name,
      LEASE_TTL_SECONDS: ttlSeconds,
      BANYAN_ENV: "development",
    },
    { log, probe: async (instance) => truth.isThere(instance) },
  );
  return {
    name,
    ttlSeconds,
    registry,
    route,
    reachableSince: performance.now(),
    async [Symbol.asyncDispose]() {
      await registry[Symbol.asyncDispose]();
      await route[Symbol.asyncDispose]();
    },
  };
}
