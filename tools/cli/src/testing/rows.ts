import type { Instance, ListedInstance } from "@banyan/registry";
import type { HealthAnswer } from "@banyan/rpc";
import type { Row, Snapshot } from "../commands/instances/snapshot.ts";

/** An instance as etcd lists it: `user` and `a` under `/services/user/a`. */
export function listed(service: string, id: string, address: string, more: Partial<Instance> = {}): ListedInstance {
  const reading = { tag: "instance", instance: { id, address, ...more } } as const;
  return { service, id, key: `/services/${service}/${id}`, leaseSecondsLeft: 9, reading };
}

export function unreadable(service: string, id: string, reason: string): ListedInstance {
  const key = `/services/${service}/${id}`;
  return { service, id, key, leaseSecondsLeft: undefined, reading: { tag: "unreadable", reason } };
}

export function status(word: string, startedAt?: Date): HealthAnswer {
  return { tag: "status", status: word, startedAt };
}

/** What etcd at http://localhost:2379 listed at midnight. */
export function snapshotOf(rows: readonly Row[], more: Partial<Snapshot> = {}): Snapshot {
  const readAt = new Date("2026-11-21T00:00:00Z");
  return { endpoints: ["http://localhost:2379"], service: undefined, list: { tag: "current", readAt }, rows, ...more };
}
