export { MemoryEtcd } from "./memory-etcd.ts";
export { openMemoryRegistry, type MemoryRegistryOptions } from "./memory-registry.ts";
