import type { Family } from "./family.ts";

/** What is told of a registry: the status of one of @banyan/registry is of this shape. */
export interface ObservedRegistry {
  status(): {
    readonly announcements: readonly { readonly key: string; readonly state: string }[];
    readonly lists: readonly {
      readonly service: string;
      readonly state: string;
      readonly instances: number;
      readonly ageMs?: number;
    }[];
  };
}

/**
 * Whether the process is announced, and how the lists stand that it follows; for `metrics.observe`. The label
 * is `name`, because Prometheus' operator has `service` for whom it scrapes.
 */
export function registryMetrics(registry: ObservedRegistry): readonly Family[] {
  const gauge = { type: "gauge" } as const;
  return [
    {
      ...gauge,
      name: "banyan_registry_announcement_state",
      help: "1 for the state that the announcement of a service is in.",
      labels: ["name", "state"],
      read: () =>
        registry
          .status()
          .announcements.map(({ key, state }) => ({ labels: { name: serviceOf(key), state }, value: 1 })),
    },
    {
      ...gauge,
      name: "banyan_registry_list_state",
      help: "1 for the state that the list of a service's instances is in.",
      labels: ["name", "state"],
      read: () => registry.status().lists.map(({ service, state }) => ({ labels: { name: service, state }, value: 1 })),
    },
    {
      ...gauge,
      name: "banyan_registry_list_instances",
      help: "Instances in the list of a service.",
      labels: ["name"],
      read: () =>
        registry.status().lists.map(({ service, instances }) => ({ labels: { name: service }, value: instances })),
    },
    {
      ...gauge,
      name: "banyan_registry_list_age_seconds",
      help: "For how long etcd has not confirmed the list of a service's instances.",
      labels: ["name"],
      read: () =>
        registry
          .status()
          .lists.flatMap(({ service, ageMs }) =>
            ageMs === undefined ? [] : [{ labels: { name: service }, value: ageMs / 1000 }],
          ),
    },
  ];
}

/** `/services/user/instance-1` -> user: the instance is on every metric of the process anyway. */
function serviceOf(key: string): string {
  return key.split("/")[2] ?? key;
}
