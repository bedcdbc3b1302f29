import { describe, expect, it } from "vitest";
import type { CallEnd } from "../load/call-end.ts";
import { faultsOf, formatDeploys } from "./deploy-report.ts";
import type { Deploy, DeployResult } from "./deploy-run.ts";

const call: CallEnd = { method: "GetUser", repeatable: true, startedAt: 1500, tookMs: 20, failure: undefined };
const deploy: Deploy = {
  service: "user",
  from: "1.0.0",
  to: "1.1.0",
  migrations: ["0002_expand"],
  migratedAt: 1000,
  readyAt: 3000,
  goneAt: 7000,
  listed: ["1.1.0", "1.1.0"],
};
const result: DeployResult = {
  etcdVersion: "3.5.16",
  environment: "production",
  ends: [{ ...call, startedAt: 100 }, call, { ...call, startedAt: 6000 }],
  restarts: [{ name: "user-1", manner: "new version", stoppingAt: 3000, endedAt: 5000 }],
  tookMs: 8000,
  differences: [],
  orders: 0,
  deploys: [deploy],
};

describe("formatDeploys", () => {
  it("tells of each deploy, how long both versions were there, and the calls meanwhile", () => {
    const report = formatDeploys(result);
    expect(report).toContain("| user    | 1.0.0 to 1.1.0 | 0002_expand | 2.0 s           | 4.0 s | 2               |");
    expect(report).toContain("- 1 deploys, 1 instances of the version before ended\n- failed calls: 0");
  });
});

describe("faultsOf", () => {
  it("finds none where every call was answered and only the next version is left", () => {
    expect(faultsOf(result)).toEqual([]);
  });

  it.each<[string, Partial<DeployResult>, string]>([
    [
      "a call that failed, and who was going down",
      { ends: [{ ...call, startedAt: 4000, failure: { code: "Unavailable", message: "gone" } }] },
      "GetUser after 20 ms: Unavailable, gone; going down: user-1 (new version, 1.02 s after its SIGTERM)",
    ],
    ["what does not balance", { differences: ["fig: 6 in stock, 8 expected"] }, "fig: 6 in stock, 8 expected"],
    [
      "a version that is still listed",
      { deploys: [{ ...deploy, listed: ["1.0.0", "1.1.0"] }] },
      "user: etcd lists 1.0.0, 1.1.0 after the deploy of 1.1.0",
    ],
    ["a deploy that changed no schema", { deploys: [{ ...deploy, migrations: [] }] }, "user: no migration was run"],
  ])("names %s", (_, change, words) => {
    expect(faultsOf({ ...result, ...change })).toEqual([words]);
  });
});
