import type { AnnounceConfig } from "../environment.ts";
import type { RegistryLog } from "../etcd/reachability.ts";
import { createRegistry, type Registry } from "../registry.ts";
import { MemoryEtcd } from "./memory-etcd.ts";

export interface MemoryRegistryOptions {
  /** What several registries share, as processes share an etcd; default one of its own. */
  readonly etcd?: MemoryEtcd;
  /** Default: development, so that a loopback address may be announced, and 10 s leases. */
  readonly config?: AnnounceConfig;
  readonly log?: RegistryLog;
}

const silent: RegistryLog = { info: () => undefined, warn: () => undefined, debug: () => undefined };

/** A registry on an etcd in memory: the same state machines, and no process to start. */
export function openMemoryRegistry(options: MemoryRegistryOptions = {}): Registry {
  const { etcd = new MemoryEtcd(), config = {}, log = silent } = options;
  return createRegistry(etcd.connect(log), { BANYAN_ENV: "development", ...config }, log);
}
