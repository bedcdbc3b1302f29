export { AddressError } from "./address.ts";
export {
  AnnouncementWithdrawnError,
  InstanceTakenError,
  type AnnounceOptions,
  type Announcement,
  type AnnouncementState,
  type Endpoint,
} from "./announcement.ts";
export { announceEnvironment, etcdEnvironment, type AnnounceConfig, type EtcdConfig } from "./environment.ts";
export { openCatalog, type Catalog, type ListedInstance } from "./catalog.ts";
export {
  absent,
  EtcdUnreachableError,
  LeaseGoneError,
  noLease,
  type Change,
  type Conditional,
  type ConditionalPut,
  type Entry,
  type Etcd,
  type KeyRange,
  type Listing,
  type WatchAnswer,
  type WriteOutcome,
} from "./etcd/etcd.ts";
export type { RegistryLog } from "./etcd/reachability.ts";
export type { Instance, InstanceProbe, InstanceWatch, WatchState } from "./instances.ts";
export { isName, nameExpectation } from "./names.ts";
export { listAndWatch, type FollowedEtcd, type KeyFollower } from "./list-and-watch.ts";
export { openRegistry, type Registry, type RegistryOptions, type RegistryStatus } from "./registry.ts";
export type { ValueListener, ValueWatch } from "./value-watch.ts";
