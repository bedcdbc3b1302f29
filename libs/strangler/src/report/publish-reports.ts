import { setTimeout as sleep } from "node:timers/promises";
import type { TrafficLog } from "../traffic-log.ts";
import type { TrafficReport } from "./traffic-report.ts";

/** How often a report is published, in milliseconds. */
const everyMs = 1000;

export interface PublishReportsOptions {
  /** Where to: a `TrafficStore`. */
  readonly store: { publishReport(report: TrafficReport): Promise<void> };
  /** Tells this process from others: `registry.instanceId`. */
  readonly instance: string;
  readonly log: TrafficLog;
}

/** What is reported of; a split is one. */
export interface Reporting {
  report(instance: string): TrafficReport;
}

/**
 * Publishes what `split` reports, once a second, until it is disposed. It keeps no process alive. What cannot be published is
 * one warning until it can be again; the split goes on.
 */
export function publishReports(split: Reporting, { store, instance, log }: PublishReportsOptions): AsyncDisposable {
  const closing = new AbortController();
  const publishing = (async () => {
    for (let failures = 0; !closing.signal.aborted;) {
      try {
        await store.publishReport(split.report(instance));
        failures = 0;
      } catch (error) {
        const cause = error instanceof Error ? error.message : String(error);
        if (failures++ === 0) log.warn({ error: cause }, "traffic report cannot be published; trying until it can");
      }
      // The pause is given up at the end, which is no failure.
      await sleep(everyMs, undefined, { signal: closing.signal, ref: false }).catch(() => undefined);
    }
  })();
  return {
    async [Symbol.asyncDispose]() {
      closing.abort();
      await publishing;
    },
  };
}
