export { AddressError } from "./address.ts";
export {
  AnnouncementWithdrawnError,
  InstanceTakenError,
  type AnnounceOptions,
  type Announcement,
  type AnnouncementState,
  type Endpoint,
} from "./announcement.ts";
export type { ConfigWatch } from "./config-watch.ts";
export { announceEnvironment, etcdEnvironment, type AnnounceConfig, type EtcdConfig } from "./environment.ts";
export { openCatalog, type Catalog, type ListedInstance } from "./catalog.ts";
export { EtcdUnreachableError } from "./etcd/etcd.ts";
export type { RegistryLog } from "./etcd/reachability.ts";
export type { Instance, InstanceProbe, InstanceWatch, WatchState } from "./instances.ts";
export { isName, nameExpectation } from "./names.ts";
export { openRegistry, type Registry, type RegistryOptions, type RegistryStatus } from "./registry.ts";
