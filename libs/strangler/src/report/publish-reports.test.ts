import { describe, expect, it, vi } from "vitest";
import { recordLog } from "../testing/recorded-log.ts";
import { sampleReport } from "../testing/sample-report.ts";
import { publishReports } from "./publish-reports.ts";
import type { TrafficReport } from "./traffic-report.ts";

const eventually = (assertion: () => unknown) => vi.waitFor(assertion, { timeout: 5000, interval: 10 });

describe("publishReports", () => {
  it("publishes what the split reports, at once and again, until it is disposed", async () => {
    const published: TrafficReport[] = [];
    const { log } = recordLog();
    const store = { publishReport: async (report: TrafficReport) => void published.push(report) };
    const split = { report: (instance: string) => sampleReport({ instance }) };
    const publishing = publishReports(split, { store, instance: "monolith-7", log });
    await eventually(() => expect(published).toHaveLength(2));
    expect(published[0]?.instance).toBe("monolith-7");
    await publishing[Symbol.asyncDispose]();
    expect(published).toHaveLength(2);
  });

  it("publishes at once that a rule is in effect, and that the last write under way has ended in a pause", async () => {
    const published: TrafficReport[] = [];
    const { log } = recordLog();
    const sample = sampleReport();
    let [revision, paused, inFlight] = ["7", false, 3];
    const report = () => ({
      ...sample,
      rule: { ...sample.rule, revision },
      writes: { ...sample.writes, paused, inFlight },
    });
    const store = { publishReport: async (one: TrafficReport) => void published.push(one) };
    await using _ = publishReports({ report }, { store, instance: "a", log });
    await eventually(() => expect(published).toHaveLength(1));
    const startedAt = performance.now();
    [revision, paused] = ["8", true];
    await eventually(() => expect(published).toHaveLength(2));
    inFlight = 1;
    inFlight = 0;
    await eventually(() => expect(published.at(-1)?.writes).toMatchObject({ paused: true, inFlight: 0 }));
    // Twice a second would have passed if each had waited for its turn.
    expect(performance.now() - startedAt).toBeLessThan(1900);
  });

  it("warns once of what it cannot publish, and goes on", async () => {
    let attempts = 0;
    const { log, lines } = recordLog();
    const publishReport = async () => {
      if (++attempts <= 2) throw new Error("etcd is away");
    };
    await using _ = publishReports({ report: () => sampleReport() }, { store: { publishReport }, instance: "a", log });
    await eventually(() => expect(attempts).toBe(3));
    expect(lines).toMatchObject([{ level: "warn", fields: { error: "etcd is away" } }]);
  });
});
