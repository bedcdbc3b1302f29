import type { RegistryWorld } from "./contract.ts";
import { MemoryEtcd } from "./memory-etcd.ts";
import { openMemoryRegistry } from "./memory-registry.ts";
import { recordLog } from "./recorded-log.ts";

/** The world of the in-memory twin. */
export async function openMemoryWorld(): Promise<RegistryWorld> {
  return memoryWorldOn(new MemoryEtcd());
}

export function memoryWorldOn(etcd: MemoryEtcd): RegistryWorld {
  const granting = etcd.connect(recordLog());
  return {
    open: (config = {}) => openMemoryRegistry({ etcd, config }),
    async put(key, value, ttlSeconds) {
      etcd.put(key, value, ttlSeconds === undefined ? undefined : await granting.grantLease(ttlSeconds));
    },
    get: async (key) => etcd.get(key),
    delete: async (key) => etcd.delete(key),
    revokeLeaseOf: async (key) => etcd.revoke(etcd.leaseOf(key) ?? ""),
    stop: async () => etcd.stop(),
    start: async () => etcd.start(),
    [Symbol.asyncDispose]: async () => etcd.stop(),
  };
}
