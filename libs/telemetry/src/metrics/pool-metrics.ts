import type { Family, Sample } from "./family.ts";

/** What is told of a pool of connections: the status of a database of @banyan/postgres is of this shape. */
export interface ObservedPool {
  status(): {
    /** Tells it from other pools of the process. */
    readonly name: string;
    /** The most connections that there may be. */
    readonly max: number;
    readonly used: number;
    readonly idle: number;
    /** Requests that wait for a connection now. */
    readonly waiting: number;
    /** Requests for a connection that were answered, and how long they have waited, all together. */
    readonly served: number;
    readonly waitedMs: number;
    /** Requests that got none in time. */
    readonly timeouts: number;
  };
}

const poolLabel = "db_client_connection_pool_name";

/**
 * How full a pool is and who waits for it, in the names of OpenTelemetry's conventions; for `metrics.observe`.
 *
 * @see https://opentelemetry.io/docs/specs/semconv/database/database-metrics/#connection-pools
 */
export function poolMetrics(pool: ObservedPool): readonly Family[] {
  const family = (
    type: "gauge" | "counter",
    name: string,
    help: string,
    valueOf: (status: Status) => number,
  ): Family => ({
    name: `db_client_connection_${name}`,
    help,
    type,
    labels: [poolLabel],
    read: () => {
      const status = pool.status();
      return [{ labels: { [poolLabel]: status.name }, value: valueOf(status) }];
    },
  });
  return [
    {
      name: "db_client_connection_count",
      help: "Connections by state.",
      type: "gauge",
      labels: [poolLabel, "db_client_connection_state"],
      read: () => {
        const { name, used, idle } = pool.status();
        const sample = (state: string, value: number): Sample => ({
          labels: { [poolLabel]: name, db_client_connection_state: state },
          value,
        });
        return [sample("used", used), sample("idle", idle)];
      },
    },
    family("gauge", "max", "The most connections that there may be.", ({ max }) => max),
    family("gauge", "pending_requests", "Requests that wait for a connection.", ({ waiting }) => waiting),
    family("counter", "timeouts_total", "Requests that got no connection in time.", ({ timeouts }) => timeouts),
    family(
      "counter",
      "wait_seconds_total",
      "How long requests have waited for a connection, all together.",
      ({ waitedMs }) => waitedMs / 1000,
    ),
    family("counter", "requests_total", "Requests that got a connection.", ({ served }) => served),
  ];
}

type Status = ReturnType<ObservedPool["status"]>;
