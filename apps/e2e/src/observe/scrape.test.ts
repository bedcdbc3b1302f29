import { startPrometheus, type Prometheus } from "@banyan/dev";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { eventually } from "../platform/eventually.ts";
import { openObservedServices, type ObservedServices } from "./observed-services.ts";
import { findPrometheus } from "./prometheus.ts";
import { alertsFile, dashboardQueries, readAlertRules, readDashboard } from "./views.ts";

const programs = await findPrometheus();
const dataMs = 60_000;
/** What a machine that runs many tests at a time may bring about, all being well. */
const ofSlowMachines = new Set(["BanyanCallsSlow", "BanyanEventLoopDelay", "BanyanPoolWait"]);

describe("a Prometheus that scrapes the services", () => {
  beforeEach((context) => context.skip(!programs, "Prometheus is fetched where Debian's apt and keys are"));

  let services: ObservedServices;
  let prometheus: Prometheus;
  beforeAll(async () => {
    if (!programs) return;
    services = await openObservedServices();
    prometheus = await startPrometheus({ jobs: services.jobs, ruleFiles: [alertsFile], intervalSeconds: 1 });
  });
  afterAll(async () => {
    await prometheus?.[Symbol.asyncDispose]();
    await services?.[Symbol.asyncDispose]();
  });

  it(
    "has data for every query of the dashboard, with the labels of its legend",
    { timeout: dataMs + 30_000 },
    async () => {
      const queries = dashboardQueries(await readDashboard());
      expect(queries.length).toBeGreaterThan(0);
      await eventually(async () => {
        const empty: string[] = [];
        for (const { place, query, legend } of queries) {
          const lines = await ask(prometheus, query);
          const told = lines.filter(
            ({ metric, value }) => Number.isFinite(Number(value[1])) && legend.every((label) => label in metric),
          );
          if (told.length === 0) empty.push(`${place}: ${query}`);
        }
        expect(empty).toEqual([]);
      }, dataMs);
      expect(services.load.failures).toEqual([]);
    },
  );

  it("evaluates every alert rule, none is on its way while all is well, and one is when an instance has died", async () => {
    const names = (await readAlertRules()).map(({ alert }) => alert);
    await eventually(async () => {
      const rules = await askRules(prometheus);
      expect(rules.map(({ name }) => name)).toEqual(names);
      expect(rules.filter(({ health }) => health !== "ok")).toEqual([]);
      expect(rules.filter(({ name, state }) => state !== "inactive" && !ofSlowMachines.has(name))).toEqual([]);
    });
    await services.load.stop();
    await services.instances.user.stop("SIGKILL");
    await eventually(async () => {
      expect(await askRules(prometheus)).toContainEqual(
        expect.objectContaining({ name: "BanyanInstanceDown", state: "pending" }),
      );
    });
  });
});

const line = z.object({ metric: z.record(z.string(), z.string()), value: z.tuple([z.number(), z.string()]) });
const answer = z.object({ data: z.object({ result: z.array(line) }) });

/** What a query answers now. @throws {Error} with Prometheus' own words when it refuses the query */
async function ask({ url }: Prometheus, query: string): Promise<readonly z.output<typeof line>[]> {
  const response = await fetch(`${url}/api/v1/query?${new URLSearchParams({ query }).toString()}`);
  const body = await response.text();
  if (!response.ok) throw new Error(`${query}: ${body}`);
  return answer.parse(JSON.parse(body)).data.result;
}

const told = z.object({ name: z.string(), health: z.string(), state: z.string(), lastError: z.string().optional() });
const rulesAnswer = z.object({ data: z.object({ groups: z.array(z.object({ rules: z.array(told) })) }) });

async function askRules({ url }: Prometheus): Promise<readonly z.output<typeof told>[]> {
  const response = await fetch(`${url}/api/v1/rules`);
  return rulesAnswer.parse(await response.json()).data.groups.flatMap(({ rules }) => rules);
}
