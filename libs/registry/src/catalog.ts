import type { EtcdConfig } from "./environment.ts";
import { connectionOf } from "./etcd/connection.ts";
import { noLease, type Entry, type Etcd } from "./etcd/etcd.ts";
import { openEtcd } from "./etcd/open-etcd.ts";
import type { Instance } from "./instances.ts";
import { instanceIdOf, root, servicePrefix } from "./names.ts";
import { readRecord } from "./record.ts";

/** What etcd lists, as an operator wants to see it: of all services, with leases, and with what cannot be read. */
export interface Catalog extends AsyncDisposable {
  /**
   * Reads what is listed now, sorted by service and id.
   *
   * @param service the service; default all
   * @throws {EtcdUnreachableError} when no member of etcd answers, within 6 seconds
   * @throws {TypeError} when `service` is not a name
   */
  list(service?: string): Promise<readonly ListedInstance[]>;
}

/** A key below `/services/`. */
export interface ListedInstance {
  readonly service: string;
  readonly id: string;
  readonly key: string;
  /** In how many whole seconds the lease ends if nobody renews it; `undefined` for a key without a lease. */
  readonly leaseSecondsLeft: number | undefined;
  readonly reading: InstanceReading;
}

export type InstanceReading =
  { readonly tag: "instance"; readonly instance: Instance } | { readonly tag: "unreadable"; readonly reason: string };

/** So many leases are asked for at the same time. */
const maxQuestions = 50;

const silent = { info: () => undefined, warn: () => undefined, debug: () => undefined };

/**
 * Opens a catalog on etcd; returns at once, and connects with the first question.
 *
 * @throws {ExpectedError} when a file that the configuration names cannot be read
 */
export function openCatalog(config: EtcdConfig): Catalog {
  return createCatalog(openEtcd(connectionOf(config), { log: silent }));
}

/** A catalog on an etcd that is open; its disposal closes it. */
export function createCatalog(etcd: Etcd): Catalog {
  return {
    async list(service) {
      const { entries } = await etcd.list({ prefix: service === undefined ? root : servicePrefix(service) });
      const left = await secondsLeft(etcd, new Set(entries.map(({ lease }) => lease)));
      return entries.flatMap((entry) => listedInstance(entry, left) ?? []).sort((a, b) => (a.key < b.key ? -1 : 1));
    },
    [Symbol.asyncDispose]: async () => etcd.close(),
  };
}

async function secondsLeft(etcd: Etcd, leases: ReadonlySet<string>): Promise<ReadonlyMap<string, number | undefined>> {
  const left = new Map<string, number | undefined>();
  const waiting = leases.values();
  const ask = async (): Promise<void> => {
    for (const lease of waiting) if (lease !== noLease) left.set(lease, await etcd.leaseSecondsLeft(lease));
  };
  await Promise.all(Array.from({ length: Math.min(maxQuestions, leases.size) }, ask));
  return left;
}

/** `undefined` for a key that is no instance's, and for one whose lease ended meanwhile. */
function listedInstance(
  { key, value, lease }: Entry,
  left: ReadonlyMap<string, number | undefined>,
): ListedInstance | undefined {
  const service = key.slice(root.length).split("/", 1)[0];
  const id = service && instanceIdOf(key, `${root}${service}/`);
  const leaseSecondsLeft = left.get(lease);
  if (!service || id === undefined || id === "" || (lease !== noLease && leaseSecondsLeft === undefined))
    return undefined;
  const reading = readRecord(value);
  return {
    service,
    id,
    key,
    leaseSecondsLeft,
    reading: reading.tag === "endpoint" ? { tag: "instance", instance: { id, ...reading.endpoint } } : reading,
  };
}
