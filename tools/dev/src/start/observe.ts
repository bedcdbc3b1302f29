import { join } from "node:path";
import { isPortFree } from "../process/port.ts";
import { type Prometheus, startPrometheus } from "../prometheus/start.ts";
import type { ServiceEntry } from "./services.ts";

export interface ObserveOptions {
  /** The folder of the checkout, whose alert rules are loaded. */
  readonly checkout: string;
  /** Its port where that is free, else it has another one. */
  readonly port: number;
  readonly onProgress: (line: string) => void;
  readonly signal: AbortSignal;
}

const intervalSeconds = 2;
const dashboard = join("k8s", "observability", "dashboard.json");
const alerts = join("k8s", "observability", "alerts.yaml");
const callsByMethod = "sum by (job, rpc_method) (rate(rpc_server_call_duration_seconds_count[1m]))";

/** Starts a Prometheus that scrapes the services; what it scrapes is throwaway. */
export async function observeServices(services: readonly ServiceEntry[], options: ObserveOptions): Promise<Prometheus> {
  const { checkout, port, onProgress, signal } = options;
  return startPrometheus({
    jobs: services.map((service) => ({ name: service.name, targets: [`localhost:${service.port + 1000}`] })),
    ruleFiles: [join(checkout, alerts)],
    intervalSeconds,
    ...((await isPortFree(port)) && { port }),
    onProgress,
    signal,
  });
}

/** The lines that say where the metrics are to be seen. */
export function whereToLook(prometheus: Pick<Prometheus, "url" | "graphUrl" | "alertsUrl">): string[] {
  return [
    `Prometheus scrapes the services every ${intervalSeconds} s:`,
    `  calls by method  ${prometheus.graphUrl(callsByMethod)}`,
    `  alerts           ${prometheus.alertsUrl}`,
    `  dashboard        import ${dashboard} into Grafana, with a Prometheus data source for ${prometheus.url}`,
  ];
}
