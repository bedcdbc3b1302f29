import { setTimeout as sleep } from "node:timers/promises";
import type { TrafficLog } from "../traffic-log.ts";
import type { TrafficReport } from "./traffic-report.ts";

/** How often a report is published, in milliseconds; and how soon at most when others wait for what it says. */
const everyMs = 1000;
const atOnceMs = 100;

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
 * Publishes what `split` reports, once a second, until it is disposed; within a tenth of it when a rule has come into effect,
 * or the last write under way has ended in a pause: a hand-over of the writes waits for that. It keeps no process alive. What cannot be published is
 * one warning until it can be again; the split goes on.
 */
export function publishReports(split: Reporting, { store, instance, log }: PublishReportsOptions): AsyncDisposable {
  const closing = new AbortController();
  const publishing = (async () => {
    let published: { readonly state: string; readonly at: number } | undefined;
    for (let failures = 0; !closing.signal.aborted;) {
      const report = split.report(instance);
      const state = handOverState(report);
      const now = performance.now();
      if (published === undefined || published.state !== state || now - published.at >= everyMs - atOnceMs / 2) {
        published = { state, at: now };
        try {
          await store.publishReport(report);
          failures = 0;
        } catch (error) {
          const cause = error instanceof Error ? error.message : String(error);
          if (failures++ === 0) log.warn({ error: cause }, "traffic report cannot be published; trying until it can");
        }
      }
      // The pause is given up at the end, which is no failure.
      await sleep(atOnceMs, undefined, { signal: closing.signal, ref: false }).catch(() => undefined);
    }
  })();
  return {
    async [Symbol.asyncDispose]() {
      closing.abort();
      await publishing;
    },
  };
}

/** What a hand-over waits for: which rule is in effect, whether writes are held, and whether one is still under way. */
function handOverState({ rule, writes }: TrafficReport): string {
  return `${rule.revision}/${writes.paused}/${writes.paused && writes.inFlight === 0}`;
}
