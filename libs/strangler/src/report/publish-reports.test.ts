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
