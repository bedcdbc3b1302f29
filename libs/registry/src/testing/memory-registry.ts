import type { AnnounceConfig } from "../environment.ts";
import type { InstanceProbe } from "../instances.ts";
import type { RegistryLog } from "../etcd/reachability.ts";
import { createRegistry, type Registry } from "../registry.ts";
import { MemoryEtcd } from "./memory-etcd.ts";

export interface MemoryRegistryOptions {
  /** What several registries share, as processes share an etcd; default one of its own. */
  readonly etcd?: MemoryEtcd;
  /** Default: development, so that a loopback address may be announced, and 10 s leases. */
  readonly config?: AnnounceConfig;
  readonly log?: RegistryLog;
  readonly probe?: InstanceProbe;
}

const silent: RegistryLog = { info: () => undefined, warn: () => undefined, debug: () => undefined };

/** A registry on an etcd in memory: the same state machines, and no process to start. */
export function openMemoryRegistry(options: MemoryRegistryOptions = {}): Registry {
  const { etcd = new MemoryEtcd(), config = {}, log = silent, probe } = options;
  const registryOptions = { log, ...(probe !== undefined && { probe }) };
  return createRegistry(etcd.connect(log), { BANYAN_ENV: "development", ...config }, registryOptions);
}
