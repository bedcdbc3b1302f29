import { latencyBuckets, latencyBucketOf } from "../report/latency.ts";
import { emptyCounts, type MethodCounts, type SideCounts } from "../report/method-counts.ts";
import type { TrafficReport } from "../report/traffic-report.ts";
import { sampleReport } from "./sample-report.ts";

/** What a test says of one side. */
export interface PlayedSide {
  readonly calls?: number;
  readonly failures?: number;
  /** How long each of the calls took, in milliseconds, and how many of them another time. */
  readonly ms?: number;
  readonly slow?: { readonly calls: number; readonly ms: number };
}

export interface PlayedCounts {
  readonly legacy?: PlayedSide;
  readonly candidate?: PlayedSide;
  readonly mirrored?: { readonly legacy?: PlayedSide; readonly candidate?: PlayedSide };
  readonly compared?: number;
  readonly mismatched?: number;
}

/** The report of a split under the rule of `revision`, with what was counted since. */
export function playedReport(revision: bigint, played: PlayedCounts, told: Partial<TrafficReport> = {}): TrafficReport {
  const rule = { revision: String(revision), since: "2026-03-01T09:59:00.000Z", mode: "split", percent: 1 } as const;
  return sampleReport({ rule, methods: { GetUser: countsOf(played) }, ...told });
}

function countsOf({ legacy, candidate, mirrored, compared = 0, mismatched = 0 }: PlayedCounts): MethodCounts {
  return {
    ...emptyCounts(),
    legacy: sideOf(legacy),
    candidate: sideOf(candidate),
    mirrored: { legacy: sideOf(mirrored?.legacy), candidate: sideOf(mirrored?.candidate) },
    events: { compared, mismatched },
  };
}

function sideOf({ calls = 0, failures = 0, ms = 1, slow }: PlayedSide = {}): SideCounts {
  const latency = Array.from({ length: latencyBuckets }, () => 0);
  const late = slow?.calls ?? 0;
  latency[latencyBucketOf(ms)] = calls - late;
  if (slow !== undefined) latency[latencyBucketOf(slow.ms)] = late;
  return { calls, failures, codes: {}, latency };
}
