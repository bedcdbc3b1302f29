import { z } from "zod";
import { latencyBuckets, mergeLatencies } from "./latency.ts";

const count = z.int().min(0).max(Number.MAX_SAFE_INTEGER);

const sideCounts = z.object({
  /** Calls that have ended; those whose caller had gone are not among them. */
  calls: count.default(0),
  /** Of these, the ones that the side has failed; a refusal is none. */
  failures: count.default(0),
  /** How often each gRPC status was the end, `OK` and `CANCELLED` included. */
  codes: z
    .record(z.string().regex(/^[A-Z_]{2,32}$/), count)
    .refine((codes) => Object.keys(codes).length <= 20)
    .default({}),
  /** How long `calls` took. */
  latency: z
    .array(count)
    .length(latencyBuckets)
    .default(() => Array.from({ length: latencyBuckets }, () => 0)),
});

/** What is counted of a method beside the ends of calls. */
export const countedEvents = [
  /** The candidate has failed, and the legacy was asked. */
  "fallbacks",
  /** It would have been asked, but the budget was used up. */
  "fallbacksRefused",
  /** The candidate's by its percentage, and sent to the legacy, for the guard is open. */
  "guarded",
  /** NOT_FOUND on the side that does not own the writes, and asked of the owner. */
  "readMisses",
  /** Of these, found there. */
  "readMissesFound",
  /** A side was asked for by header; such calls are counted nowhere else. */
  "overridden",
  /** Writes that a pause has outlasted. */
  "turnedAway",
  /** Mirrored calls whose ends could be compared, and were judged. */
  "compared",
  /** Of these, the ones that differ in something that is no noise. */
  "mismatched",
  /** Mirrored calls that could be compared, before it was known what differs anyway. */
  "learning",
  /** Mirrored calls of which a side has failed or was too slow. */
  "unanswered",
  /** Mirrored calls that the owner of the writes alone has found, where `readMissFallback` says that this is to be expected. */
  "mirroredMisses",
  /** Calls that were not mirrored, since too many were on their way. */
  "dropped",
] as const;

export type CountedEvent = (typeof countedEvents)[number];

export const methodCountsSchema = z.object({
  legacy: sideCounts.prefault({}),
  candidate: sideCounts.prefault({}),
  /** The ends of mirrored calls, on both sides. */
  mirrored: z.object({ legacy: sideCounts.prefault({}), candidate: sideCounts.prefault({}) }).prefault({}),
  events: z.partialRecord(z.enum(countedEvents), count).default({}),
});

export type SideCounts = z.output<typeof sideCounts>;
export type MethodCounts = z.output<typeof methodCountsSchema>;

export function emptyCounts(): MethodCounts {
  return methodCountsSchema.parse({});
}

/** The counts of several processes, or methods, as one. */
export function mergeCounts(...all: readonly MethodCounts[]): MethodCounts {
  return {
    legacy: mergeSides(all.map(({ legacy }) => legacy)),
    candidate: mergeSides(all.map(({ candidate }) => candidate)),
    mirrored: {
      legacy: mergeSides(all.map(({ mirrored }) => mirrored.legacy)),
      candidate: mergeSides(all.map(({ mirrored }) => mirrored.candidate)),
    },
    events: eventSums(all.map(({ events }) => events)),
  };
}

function mergeSides(all: readonly SideCounts[]): SideCounts {
  return {
    calls: all.reduce((sum, { calls }) => sum + calls, 0),
    failures: all.reduce((sum, { failures }) => sum + failures, 0),
    codes: sums(all.map(({ codes }) => codes)),
    latency: [...mergeLatencies(...all.map(({ latency }) => latency))],
  };
}

function sums(all: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const summed = new Map<string, number>();
  for (const [key, value] of all.flatMap((each) => Object.entries(each)))
    summed.set(key, (summed.get(key) ?? 0) + value);
  return Object.fromEntries(summed);
}

function eventSums(all: readonly MethodCounts["events"][]): MethodCounts["events"] {
  const summed: MethodCounts["events"] = {};
  for (const event of countedEvents) {
    const sum = all.reduce((total, events) => total + (events[event] ?? 0), 0);
    if (sum > 0) summed[event] = sum;
  }
  return summed;
}
