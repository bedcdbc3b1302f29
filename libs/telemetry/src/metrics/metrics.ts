import { Registry } from "@prometheus-io/client";
import { CallInstruments } from "./call-instruments.ts";
import { ObservedFamily, type Family, type Sample } from "./family.ts";
import { processRegistry } from "./process-registry.ts";
import { Series } from "./series.ts";

/** Something that is counted. */
export interface Counter {
  /** @param values one for each label, in order */
  add(...values: readonly string[]): void;
  /** Has this series at 0 from now on: of one that begins at 1 Prometheus cannot tell that it has grown. */
  zero(...values: readonly string[]): void;
}

/** What a service can be asked for by Prometheus. No metric has more than 1000 series, whatever its labels are given. */
export interface Metrics {
  /** Calls that come in, and calls to others. */
  readonly serverCalls: CallInstruments;
  readonly clientCalls: CallInstruments;
  /**
   * A counter; the same one when it is asked for again.
   *
   * @param name as Prometheus spells it, ending in `_total`
   */
  counter(name: string, help: string, labels: readonly string[]): Counter;
  /** Reads `families` at each scrape. Those of one name and of several sources are one metric. @returns what ends it */
  observe(...families: readonly Family[]): () => void;
  /** All of it, those of the process included, in Prometheus' text format 0.0.4. */
  text(): Promise<string>;
}

export interface MetricsOptions {
  /** The service's name, as in `user`. */
  readonly service: string;
  /** As in `1.4.0`. */
  readonly version?: string | undefined;
  /** Tells this process from others of the service. */
  readonly instance?: string | undefined;
  /** Told when something that is observed cannot be read, once until it can be again. */
  readonly log?: { warn(fields: object, message: string): void } | undefined;
}

/** What a counter has come to, for one set of label values. */
interface Count extends Sample {
  value: number;
}

/** The metrics of one service. There is nothing to close. */
export function createMetrics({ service, version, instance, log }: MetricsOptions): Metrics {
  const registry = new Registry();
  const ofProcess = processRegistry();
  const counters = new Map<string, Series<Count>>();
  const families = new Map<string, ObservedFamily>();
  const onFailure = (family: string, error: unknown): void => log?.warn({ family, error }, "a metric cannot be read");

  const observe = (family: Family): (() => void) => {
    const known = families.get(family.name);
    const observed = known ?? new ObservedFamily(family, registry, onFailure);
    families.set(family.name, observed);
    return observed.add(family);
  };

  const serverCalls = new CallInstruments("server");
  const clientCalls = new CallInstruments("client");
  observe(targetInfo({ service_name: service, service_version: version, service_instance_id: instance }));
  observe(activeCalls("rpc_server_active_calls", "Calls that are being worked on.", serverCalls));
  observe(activeCalls("rpc_client_active_calls", "Calls to others that have not been answered.", clientCalls));

  return {
    serverCalls,
    clientCalls,
    counter(name, help, labels) {
      let series = counters.get(name);
      if (series === undefined) {
        const counted = (series = new Series(labels, (values) => ({ labels: values, value: 0 })));
        observe({ name, help, type: "counter", labels, read: () => counted.values() });
        counters.set(name, counted);
      }
      const counted = series;
      return {
        add: (...values) => void counted.at(...values).value++,
        zero: (...values) => void counted.at(...values),
      };
    },
    observe(...observed) {
      const ends = observed.map(observe);
      return () => ends.forEach((end) => end());
    },
    text: async () =>
      [serverCalls.text(), clientCalls.text(), await registry.metrics(), await ofProcess.metrics()].join("\n"),
  };
}

/** @see https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/#resource-attributes-1 */
function targetInfo(told: Readonly<Record<string, string | undefined>>): Family {
  const labels = Object.fromEntries(
    Object.entries(told).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
  return {
    name: "target_info",
    help: "Which process of which service this is.",
    type: "gauge",
    labels: Object.keys(labels),
    read: () => [{ labels, value: 1 }],
  };
}

function activeCalls(name: string, help: string, calls: CallInstruments): Family {
  const labels = ["rpc_system_name", "rpc_method"];
  return { name, help, type: "gauge", labels, read: () => calls.active() };
}
