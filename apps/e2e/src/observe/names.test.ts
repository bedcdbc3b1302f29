import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readExposed, type Exposed } from "./exposition.ts";
import { openObservedServices, type ObservedServices } from "./observed-services.ts";
import { unknownNames } from "./unknown-names.ts";
import { choiceQueries, dashboardQueries, readAlertRules, readDashboard } from "./views.ts";

let services: ObservedServices;
let exposed: Exposed;
beforeAll(async () => {
  services = await openObservedServices();
  await services.load.settle(1);
  exposed = readExposed(await services.scrape());
});
afterAll(() => services[Symbol.asyncDispose]());

describe("what the services tell Prometheus", () => {
  it("has every metric, label and value that the dashboard asks for", async () => {
    const dashboard = await readDashboard();
    const queries = [...dashboardQueries(dashboard).map(({ query }) => query), ...choiceQueries(dashboard)];
    const unknown = queries.map((query) => ({ query, names: unknownNames(query, exposed) }));
    expect(unknown.filter(({ names }) => names.length > 0)).toEqual([]);
  });

  it("has every metric, label and value that the alert rules ask for", async () => {
    const unknown = (await readAlertRules()).map(({ alert, expr }) => ({ alert, names: unknownNames(expr, exposed) }));
    expect(unknown.filter(({ names }) => names.length > 0)).toEqual([]);
  });

  it("has no label that Prometheus or its operator puts on a target, which would then be called `exported_…`", () => {
    const ofTargets = ["job", "instance", "namespace", "service", "pod", "container", "endpoint"];
    const taken = [...exposed].flatMap(([metric, labels]) =>
      ofTargets.filter((label) => labels.has(label)).map((label) => `${metric}{${label}}`),
    );
    expect(taken).toEqual([]);
  });
});
