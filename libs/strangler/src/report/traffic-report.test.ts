import { describe, expect, it } from "vitest";
import { sampleReport } from "../testing/sample-report.ts";
import { latencyBuckets } from "./latency.ts";
import { countedEvents, emptyCounts } from "./method-counts.ts";
import { fleetCounts, formatTrafficReport, parseTrafficReport } from "./traffic-report.ts";
import { TrafficTally } from "./traffic-tally.ts";

const ok = { code: "OK", outcome: "answered", ms: 3 } as const;
const failed = { code: "UNAVAILABLE", outcome: "failed", ms: 100 } as const;
const left = { code: "CANCELLED", outcome: "abandoned", ms: 1 } as const;

function busyTally(methods: number, fields: number): TrafficTally {
  const tally = new TrafficTally();
  for (let index = 0; index < methods; index++) {
    const method = `Method${index}`.padEnd(64, "x");
    for (const event of countedEvents) tally.counted(method, event);
    for (const side of ["legacy", "candidate"] as const) {
      for (let ms = 0.4; ms < 10_000; ms *= 1.4) {
        tally.ended(method, side, { ...ok, ms });
        tally.mirrored(method, side, { ...failed, ms });
      }
    }
  }
  for (let index = 0; index < fields; index++) {
    const shown = "…".repeat(80);
    const difference = { path: `order.field${index}`, legacy: shown, candidate: shown };
    for (let time = 0; time < 3; time++) tally.mismatched("Method", [difference], "ü".repeat(300));
  }
  return tally;
}

describe("TrafficTally", () => {
  it("counts ends by side, without those whose caller has gone", () => {
    const tally = new TrafficTally();
    for (const end of [ok, ok, failed, left]) tally.ended("GetUser", "candidate", end);
    const { candidate, legacy } = tally.snapshot().methods["GetUser"] ?? emptyCounts();
    expect(candidate).toMatchObject({ calls: 3, failures: 1, codes: { OK: 2, UNAVAILABLE: 1, CANCELLED: 1 } });
    expect(candidate.latency.reduce((sum, count) => sum + count, 0)).toBe(3);
    expect(legacy.calls).toBe(0);
  });

  it("gives what does not change any more", () => {
    const tally = new TrafficTally();
    tally.ended("GetUser", "legacy", ok);
    const before = tally.snapshot();
    tally.ended("GetUser", "legacy", ok);
    expect(before.methods["GetUser"]?.legacy.calls).toBe(1);
    tally.clear();
    expect(tally.snapshot()).toEqual({ methods: {}, mismatches: [] });
  });

  it("has a bound, whatever it is told", () => {
    const { methods, mismatches } = busyTally(100, 100).snapshot();
    expect(Object.keys(methods)).toHaveLength(32);
    expect(methods["_OTHER"]?.events.compared).toBe(69);
    expect(mismatches).toHaveLength(20);
    expect(mismatches[0]?.samples).toHaveLength(2);
    expect(mismatches[0]?.count).toBe(3);
  });
});

describe("a traffic report", () => {
  it("is read as it was written, and is small where little has happened", () => {
    const tally = new TrafficTally();
    tally.ended("GetUser", "legacy", ok);
    const report = sampleReport({ ...tally.snapshot() });
    const text = formatTrafficReport(report);
    expect(parseTrafficReport(text)).toEqual(report);
    expect(text.length).toBeLessThan(500);
    expect(parseTrafficReport(formatTrafficReport(sampleReport()))).toEqual(sampleReport());
  });

  it("goes without its samples where it is large", () => {
    const report = sampleReport({
      ...busyTally(100, 100).snapshot(),
      noise: Array.from({ length: 20 }, (_, index) => ({ method: "GetUser", path: `field${index}` })),
    });
    const text = formatTrafficReport(report);
    expect(Buffer.byteLength(text)).toBeLessThan(64 * 1024);
    expect(report.mismatches[0]?.samples).toHaveLength(2);
    const mismatches = report.mismatches.map((each) => ({ ...each, samples: [] }));
    expect(parseTrafficReport(text)).toEqual({ ...report, mismatches });
  });

  it.each(["", "{]", "{}", "null", JSON.stringify({ ...sampleReport(), guard: "ajar" })])("is not %j", (text) => {
    expect(parseTrafficReport(text)).toBeUndefined();
  });

  it("of the wrong number of buckets is none, for it cannot be merged", () => {
    const counts = { ...emptyCounts() };
    const wrong = { ...counts, legacy: { ...counts.legacy, latency: [1] } };
    expect(parseTrafficReport(JSON.stringify(sampleReport({ methods: { GetUser: wrong } })))).toBeUndefined();
  });
});

describe("fleetCounts", () => {
  it("adds up what several processes have counted of several methods", () => {
    const [one, other] = [new TrafficTally(), new TrafficTally()];
    one.ended("GetUser", "legacy", ok);
    one.ended("ListUsers", "legacy", failed);
    other.ended("GetUser", "legacy", ok);
    other.mirrored("GetUser", "candidate", ok);
    other.counted("GetUser", "compared");
    const counts = fleetCounts([one.snapshot(), other.snapshot()]);
    expect(counts.legacy).toMatchObject({ calls: 3, failures: 1, codes: { OK: 2, UNAVAILABLE: 1 } });
    expect(counts.mirrored.candidate.calls).toBe(1);
    expect(counts.events).toEqual({ compared: 1 });
    expect(counts.legacy.latency).toHaveLength(latencyBuckets);
    expect(fleetCounts([])).toEqual(emptyCounts());
  });
});
