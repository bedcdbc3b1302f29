import { collectDefaultMetrics, Registry } from "@prometheus-io/client";

let registry: Registry | undefined;

/**
 * CPU, memory, heap, garbage collection, delay and utilization of the event loop, in the names that dashboards for Node
 * know. There is one for the process, from the first question to the end: what it measures with cannot be closed, and
 * does not keep the process alive.
 */
export function processRegistry(): Registry {
  if (registry === undefined) {
    registry = new Registry();
    collectDefaultMetrics({ register: registry });
  }
  return registry;
}
