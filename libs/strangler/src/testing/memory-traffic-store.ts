import { MemoryEtcd } from "@banyan/registry/testing";
import { createTrafficStore } from "../store/etcd-traffic-store.ts";
import type { TrafficStore } from "../store/traffic-store.ts";

const silent = { info: () => undefined, warn: () => undefined, debug: () => undefined };

/**
 * A store in memory: the same code, on an etcd in memory.
 *
 * @param etcd what several stores and registries share, as processes share an etcd; default one of its own
 */
export function openMemoryTrafficStore(etcd = new MemoryEtcd()): TrafficStore {
  return createTrafficStore(etcd.connect(silent));
}
