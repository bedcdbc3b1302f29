import type { Difference } from "../shadow/compare-messages.ts";
import type { Side } from "../side.ts";
import { latencyBucketOf } from "./latency.ts";
import { emptyCounts, type CountedEvent, type MethodCounts, type SideCounts } from "./method-counts.ts";
import type { CallEnd, TrafficEvents } from "./traffic-events.ts";
import {
  maxReportedFields,
  maxReportedMethods,
  maxSamples,
  type Mismatch,
  type TrafficReport,
} from "./traffic-report.ts";

const other = "_OTHER";

/** Counts what becomes of the calls of one split, from a moment on; a bounded amount of it, whatever is told. */
export class TrafficTally implements TrafficEvents {
  #methods = new Map<string, MethodCounts>();
  #mismatches = new Map<string, Mismatch>();

  /** Begins anew. */
  clear(): void {
    this.#methods = new Map();
    this.#mismatches = new Map();
  }

  ended(method: string, side: Side, end: CallEnd): void {
    add(this.#of(method)[side], end);
  }

  mirrored(method: string, side: Side, end: CallEnd): void {
    add(this.#of(method).mirrored[side], end);
  }

  counted(method: string, event: CountedEvent): void {
    const { events } = this.#of(method);
    events[event] = (events[event] ?? 0) + 1;
  }

  mismatched(method: string, differences: readonly Difference[], request: string): void {
    const at = new Date().toISOString();
    for (const { path, legacy, candidate } of differences) {
      const key = `${method} ${path}`;
      const known = this.#mismatches.get(key) ?? { method, path, count: 0, samples: [] };
      if (known.count === 0 && this.#mismatches.size >= maxReportedFields) continue;
      const samples = [...known.samples, { at, legacy, candidate, request }].slice(-maxSamples);
      this.#mismatches.set(key, { ...known, count: known.count + 1, samples });
    }
  }

  snapshot(): Pick<TrafficReport, "methods" | "mismatches"> {
    return {
      methods: structuredClone(Object.fromEntries(this.#methods)),
      mismatches: [...this.#mismatches.values()],
    };
  }

  #of(method: string): MethodCounts {
    const known = this.#methods.get(method);
    if (known !== undefined) return known;
    const name = this.#methods.size < maxReportedMethods - 1 ? method : other;
    const counts = this.#methods.get(name) ?? emptyCounts();
    this.#methods.set(name, counts);
    return counts;
  }
}

function add(counts: SideCounts, { code, outcome, ms }: CallEnd): void {
  counts.codes[code] = (counts.codes[code] ?? 0) + 1;
  if (outcome === "abandoned") return;
  counts.calls += 1;
  if (outcome === "failed") counts.failures += 1;
  const bucket = latencyBucketOf(ms);
  counts.latency[bucket] = (counts.latency[bucket] ?? 0) + 1;
}
