import { randomInt } from "node:crypto";
import { hostname } from "node:os";
import { advertisedAddress } from "./address.ts";
import type { AnnounceOptions, Announcement, Endpoint } from "./announcement.ts";
import { leaseTtl, type AnnounceConfig, type EtcdConfig } from "./environment.ts";
import type { Etcd } from "./etcd/etcd.ts";
import { openEtcd } from "./etcd/open-etcd.ts";
import type { RegistryLog } from "./etcd/reachability.ts";
import type { InstanceWatch } from "./instances.ts";
import { instanceKey, newInstanceId } from "./names.ts";
import { formatRecord } from "./record.ts";
import { Registrar } from "./registrar.ts";
import { Watcher } from "./watcher.ts";

const defaultSpreadMs = 1000;
const maxSpreadMs = 60_000;

/** The instances of services, as etcd lists them. Disposal withdraws and closes what is still open, in a few seconds. */
export interface Registry extends AsyncDisposable {
  /** `INSTANCE_ID`, or the one that was made for this process; every announcement bears it. */
  readonly instanceId: string;

  /**
   * Lists `endpoint` as an instance of `service` until the announcement is disposed; returns at once.
   *
   * Writes `/services/{service}/{instance}` = `host:port` under a lease and renews it every third of its TTL. A process
   * that dies without disposing stays listed until the lease runs out.
   *
   * @throws {AddressError} when nobody else could dial the address
   * @throws {TypeError} when `service` is not a name
   * @throws {RangeError} when an option is out of its bounds
   * @throws {Error} when this registry announces the service already
   */
  announce(service: string, endpoint: Endpoint, options?: AnnounceOptions): Announcement;

  /**
   * Follows the instances of `service`; returns at once, with none until etcd has answered.
   *
   * @throws {TypeError} when `service` is not a name
   */
  watch(service: string): InstanceWatch;
}

export interface RegistryOptions {
  readonly log: RegistryLog;
}

/**
 * Opens a registry on etcd; returns at once and connects in the background. While etcd is away it is tried again, for
 * ever: announcements and watches that were begun before work as soon as it answers.
 */
export function openRegistry(config: EtcdConfig & AnnounceConfig, { log }: RegistryOptions): Registry {
  return createRegistry(openEtcd(config.ETCD_ENDPOINTS, log), config, log);
}

/** A registry on an etcd that is open; its disposal closes it. */
export function createRegistry(etcd: Etcd, config: AnnounceConfig, log: RegistryLog): Registry {
  const instanceId = config.INSTANCE_ID ?? newInstanceId(hostname(), randomInt(2 ** 32));
  const open = new Set<AsyncDisposable>();
  const announcedKeys = new Set<string>();
  let closing: Promise<void> | undefined;

  const assertOpen = (): void => {
    if (closing !== undefined) throw new Error("the registry is closed");
  };

  const close = async (): Promise<void> => {
    const outcomes = await Promise.allSettled([...open].map((opened) => opened[Symbol.asyncDispose]()));
    etcd.close();
    for (const outcome of outcomes) if (outcome.status === "rejected") throw outcome.reason;
  };

  return {
    instanceId,

    announce(service, endpoint, options = {}) {
      assertOpen();
      const key = instanceKey(service, instanceId);
      const value = formatRecord(advertisedAddress(config, endpoint.address));
      const { ttlSeconds, spreadMs } = checkedOptions(options, config);
      if (announcedKeys.has(key)) throw new Error(`${key} is announced already`);
      const onWithdrawn = (): void => {
        announcedKeys.delete(key);
        open.delete(registrar);
      };
      const registrar = new Registrar(etcd, { key, value, endpoint, ttlSeconds, spreadMs, onWithdrawn }, log);
      announcedKeys.add(key);
      open.add(registrar);
      return registrar;
    },

    watch(service) {
      assertOpen();
      const watcher = new Watcher(etcd, { service, onClosed: () => open.delete(watcher) }, log);
      open.add(watcher);
      return watcher;
    },

    [Symbol.asyncDispose]: () => (closing ??= close()),
  };
}

function checkedOptions(options: AnnounceOptions, { LEASE_TTL_SECONDS, BANYAN_ENV }: AnnounceConfig) {
  const {
    ttlSeconds = LEASE_TTL_SECONDS ?? leaseTtl.defaultSeconds,
    spreadMs = BANYAN_ENV === "development" ? 0 : defaultSpreadMs,
  } = options;
  const { minSeconds, maxSeconds } = leaseTtl;
  if (!Number.isInteger(ttlSeconds) || ttlSeconds < minSeconds || ttlSeconds > maxSeconds) {
    throw new RangeError(`ttlSeconds: expected an integer in [${minSeconds}, ${maxSeconds}], got ${ttlSeconds}`);
  }
  if (!(spreadMs >= 0 && spreadMs <= maxSpreadMs)) {
    throw new RangeError(`spreadMs: expected a number in [0, ${maxSpreadMs}], got ${spreadMs}`);
  }
  return { ttlSeconds, spreadMs };
}
