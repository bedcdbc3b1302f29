import type { TrafficReport } from "../report/traffic-report.ts";

/** A report of a split on which nothing has happened, with what a test says of it. */
export function sampleReport(told: Partial<TrafficReport> = {}): TrafficReport {
  return {
    service: "user",
    instance: "monolith-1",
    at: "2026-03-01T10:00:00.000Z",
    rule: { revision: "7", since: "2026-03-01T09:59:00.000Z", mode: "split", percent: 5 },
    guard: "closed",
    writes: { owner: "legacy", epoch: 0, paused: false, inFlight: 0, waiting: 0 },
    methods: {},
    mismatches: [],
    noise: [],
    ...told,
  };
}
