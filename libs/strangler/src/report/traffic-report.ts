import { z } from "zod";
import { sides } from "../side.ts";
import { emptyCounts, mergeCounts, methodCountsSchema, type MethodCounts } from "./method-counts.ts";

/** A report has so many methods at most; the others share one, `_OTHER`. */
export const maxReportedMethods = 32;
export const maxReportedFields = 20;
export const maxSamples = 2;

const count = z.int().min(0).max(Number.MAX_SAFE_INTEGER);
const name = z.string().min(1).max(63);
const text = z.string().max(300);

const sample = z.object({ at: z.iso.datetime(), legacy: text, candidate: text, request: text });

/** What is wrong with a field, and how often. */
const mismatch = z.object({
  method: z.string().max(64),
  /** As {@link Difference} has it. */
  path: z.string().max(1100),
  count,
  /** The last ones; what the contract redacts is not in them. */
  samples: z.array(sample).max(maxSamples),
});

/** What a process tells of one split, under `/traffic-reports/<service>/<instance>`. */
export const trafficReportSchema = z.object({
  service: name,
  instance: z.string().min(1).max(255),
  /** When it was made. */
  at: z.iso.datetime(),
  /** Which rule holds there. */
  rule: z.object({
    /** At which revision of etcd it was written; null for one that is the default or from a file. */
    revision: z
      .string()
      .regex(/^[0-9]{1,20}$/)
      .nullable(),
    /** Since when it holds there. All counts begin then. */
    since: z.iso.datetime(),
    mode: z.enum(["off", "shadow", "split", "all"]),
    percent: z.number().min(0).max(100),
  }),
  guard: z.enum(["closed", "open", "probing"]),
  writes: z.object({
    owner: z.enum(sides),
    epoch: count,
    paused: z.boolean(),
    inFlight: count,
    waiting: count,
  }),
  /** By name of method; only in the modes shadow and split. */
  methods: z.record(z.string().max(64), methodCountsSchema),
  mismatches: z.array(mismatch).max(maxReportedFields),
  /** What differs anyway. */
  noise: z.array(z.object({ method: z.string().max(64), path: z.string().max(1100) })).max(maxReportedFields),
});

export type TrafficReport = z.output<typeof trafficReportSchema>;
export type MismatchSample = z.output<typeof sample>;
export type Mismatch = z.output<typeof mismatch>;

/** Beyond that many bytes a report goes without its samples, which are most of it; etcd refuses 1.5 MiB. */
const maxBytesWithSamples = 64 * 1024;

/** A report as it stands in etcd: zeros are left out, and the samples where it would be too large. */
export function formatTrafficReport(report: TrafficReport): string {
  const text = withoutZeros(report);
  if (Buffer.byteLength(text) <= maxBytesWithSamples) return text;
  return withoutZeros({ ...report, mismatches: report.mismatches.map((each) => ({ ...each, samples: [] })) });
}

function withoutZeros(report: TrafficReport): string {
  return JSON.stringify(report, (key, value: unknown) => {
    if (key === "latency" && Array.isArray(value) && value.every((each) => each === 0)) return undefined;
    if (value === 0 && ["calls", "failures"].includes(key)) return undefined;
    return isEmptyObject(value) && key !== "methods" ? undefined : value;
  });
}

/** @returns undefined for what is no report */
export function parseTrafficReport(json: string): TrafficReport | undefined {
  try {
    return trafficReportSchema.safeParse(JSON.parse(json)).data;
  } catch {
    return undefined;
  }
}

/** The counts of all methods of several reports as one. */
export function fleetCounts(reports: readonly Pick<TrafficReport, "methods">[]): MethodCounts {
  return mergeCounts(emptyCounts(), ...reports.flatMap(({ methods }) => Object.values(methods)));
}

function isEmptyObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value) && Object.keys(value).length === 0;
}
