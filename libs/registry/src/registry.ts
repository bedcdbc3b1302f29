import { randomInt } from "node:crypto";
import { hostname } from "node:os";
import { advertisedAddress } from "./address.ts";
import type { AnnounceOptions, Announcement, AnnouncementState, Endpoint } from "./announcement.ts";
import { leaseTtl, type AnnounceConfig, type EtcdConfig } from "./environment.ts";
import { connectionOf } from "./etcd/connection.ts";
import type { Etcd } from "./etcd/etcd.ts";
import { openEtcd } from "./etcd/open-etcd.ts";
import type { RegistryLog } from "./etcd/reachability.ts";
import { tracedEtcd } from "./etcd/traced-etcd.ts";
import type { InstanceProbe, InstanceWatch, WatchState } from "./instances.ts";
import { configKey, instanceKey, newInstanceId, trafficKey } from "./names.ts";
import { formatRecord } from "./record.ts";
import { Registrar } from "./registrar.ts";
import { ValueWatcher, type ValueWatch } from "./value-watch.ts";
import { Watcher } from "./watcher.ts";

const defaultSpreadMs = 1000;
const maxSpreadMs = 60_000;

/** The instances of services, as etcd lists them. Disposal withdraws and closes what is still open, in a few seconds. */
export interface Registry extends AsyncDisposable {
  /** `INSTANCE_ID`, or the one that was made for this process; every announcement bears it. */
  readonly instanceId: string;

  /** The etcd that it uses, for what else is kept there. It is closed with the registry, and by nobody else. */
  readonly etcd: Omit<Etcd, "close">;

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

  /**
   * Follows what is configured under `/config/{name}`; returns at once, with nothing until etcd has answered.
   *
   * @throws {TypeError} when `name` is not a name
   */
  watchConfig(name: string): ValueWatch;

  /**
   * Follows the traffic rule of `service` under `/traffic/{service}`, as text; returns at once, with nothing until etcd has
   * answered.
   *
   * @throws {TypeError} when `service` is not a name
   */
  watchTraffic(service: string): ValueWatch;

  /** How every announcement and every list that is open stands; plain data, for `/readyz` and metrics. */
  status(): RegistryStatus;
}

export interface RegistryStatus {
  readonly announcements: readonly {
    readonly key: string;
    /** The registrar's state, by its tag. */
    readonly state: string;
    /** Why it is in a state that is not the wanted one. */
    readonly cause?: string;
  }[];
  readonly lists: readonly {
    readonly service: string;
    /** The watcher's state, by its tag. */
    readonly state: string;
    readonly cause?: string;
    readonly instances: number;
    /** For how long etcd has not confirmed the list, in milliseconds; not there while there is none. */
    readonly ageMs?: number;
  }[];
}

export interface RegistryOptions {
  readonly log: RegistryLog;

  /**
   * Asks an instance whether it serves. With it, a list that suddenly lacks more than half of its instances keeps those
   * that answer; `healthProbe()` of @banyan/rpc is one. Default none: what etcd lists is believed.
   */
  readonly probe?: InstanceProbe;
}

/**
 * Opens a registry on etcd; returns at once and connects in the background. While etcd is away it is tried again, for
 * ever: announcements and watches that were begun before work as soon as it answers.
 *
 * @throws {ExpectedError} when a file that the configuration names cannot be read
 */
export function openRegistry(config: EtcdConfig & AnnounceConfig, options: RegistryOptions): Registry {
  const { LEASE_TTL_SECONDS = leaseTtl.defaultSeconds } = config;
  const etcd = openEtcd(connectionOf(config), { log: options.log, quorumCheckMs: LEASE_TTL_SECONDS * 1000 });
  return createRegistry(tracedEtcd(etcd), config, options);
}

type StoreConfig = AnnounceConfig & Pick<EtcdConfig, "REGISTRY_STATE_FOLDER">;

/** A registry on an etcd that is open; its disposal closes it. */
export function createRegistry(etcd: Etcd, config: StoreConfig, { log, probe }: RegistryOptions): Registry {
  const instanceId = config.INSTANCE_ID ?? newInstanceId(hostname(), randomInt(2 ** 32));
  const registrars = new Set<Registrar>();
  const watchers = new Set<Watcher>();
  const values = new Set<ValueWatcher>();
  let closing: Promise<void> | undefined;

  const assertOpen = (): void => {
    if (closing !== undefined) throw new Error("the registry is closed");
  };

  const close = async (): Promise<void> => {
    const outcomes = await Promise.allSettled(
      [...registrars, ...watchers, ...values].map((opened) => opened[Symbol.asyncDispose]()),
    );
    etcd.close();
    for (const outcome of outcomes) if (outcome.status === "rejected") throw outcome.reason;
  };

  const watchValue = (key: string, what: string): ValueWatch => {
    assertOpen();
    const watcher = new ValueWatcher(etcd, { key, what, onClosed: () => values.delete(watcher) }, log);
    values.add(watcher);
    return watcher;
  };

  return {
    instanceId,
    etcd,

    announce(service, endpoint, options = {}) {
      assertOpen();
      const key = instanceKey(service, instanceId);
      const address = advertisedAddress(config, endpoint.address);
      const record = { id: instanceId, service, address, ...toldOf(config) };
      const value = formatRecord(config.REGISTRY_RECORD ?? "address", record);
      const { ttlSeconds, spreadMs } = checkedOptions(options, config);
      if (registrars.values().some((other) => other.key === key)) throw new Error(`${key} is announced already`);
      const onWithdrawn = (): boolean => registrars.delete(registrar);
      const registrar = new Registrar(etcd, { key, address, value, endpoint, ttlSeconds, spreadMs, onWithdrawn }, log);
      registrars.add(registrar);
      return registrar;
    },

    watch(service) {
      assertOpen();
      const stateFolder = config.REGISTRY_STATE_FOLDER;
      const onClosed = (): boolean => watchers.delete(watcher);
      const watcher = new Watcher(etcd, { service, probe, stateFolder, onClosed }, log);
      watchers.add(watcher);
      return watcher;
    },

    watchConfig: (name) => watchValue(configKey(name), "configuration"),
    watchTraffic: (service) => watchValue(trafficKey(service), "traffic rule"),

    status: () => ({
      announcements: [...registrars].map(({ key, state }) => ({ key, ...statusOf(state) })),
      lists: [...watchers].map(({ service, state, instances, ageMs }) => ({
        service,
        ...statusOf(state),
        instances: instances.length,
        ...(ageMs !== undefined && { ageMs }),
      })),
    }),

    [Symbol.asyncDispose]: () => (closing ??= close()),
  };
}

function statusOf(state: AnnouncementState | WatchState): { readonly state: string; readonly cause?: string } {
  return { state: state.tag, ...("cause" in state && { cause: state.cause }) };
}

function toldOf({ INSTANCE_VERSION, INSTANCE_ZONE, INSTANCE_WEIGHT }: AnnounceConfig) {
  return {
    since: new Date().toISOString(),
    ...(INSTANCE_VERSION !== undefined && { version: INSTANCE_VERSION }),
    ...(INSTANCE_ZONE !== undefined && { zone: INSTANCE_ZONE }),
    ...(INSTANCE_WEIGHT !== undefined && { weight: INSTANCE_WEIGHT }),
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
