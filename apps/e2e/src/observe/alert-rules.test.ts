import { execFile } from "node:child_process";
import { mkdtempDisposable, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { beforeEach, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { findPrometheus } from "./prometheus.ts";
import { alertsFile, readAlertRules, readDashboard, viewsFolder } from "./views.ts";

const programs = await findPrometheus();
const testsFile = join(viewsFolder, "alerts.test.yaml");

/** Runs promtool. @throws with what it printed, when it finds a fault */
async function promtool(...args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(programs?.promtool ?? "promtool", args, { timeout: 30_000 });
  return stdout;
}

describe("promtool", () => {
  beforeEach((context) => context.skip(!programs, "promtool is fetched where Debian's apt and keys are"));

  it("finds the rules well formed", async () => {
    expect(await promtool("check", "rules", alertsFile)).toContain(`${(await readAlertRules()).length} rules found`);
  });

  it("sees each alert fire where it should, and not where it should not", async () => {
    expect(await promtool("test", "rules", testsFile)).toContain("SUCCESS");
  });

  it("finds the scrape configuration well formed", async () => {
    await using folder = await mkdtempDisposable(join(tmpdir(), "banyan-promtool-"));
    const file = join(folder.path, "prometheus.json");
    await writeFile(file, JSON.stringify({ scrape_config_files: [join(viewsFolder, "scrape.yaml")] }));
    expect(await promtool("check", "config", file)).toContain("SUCCESS");
  });
});

describe("the alert rules", () => {
  it("have each a test, and a place in the README which says what to do", async () => {
    const alerts = (await readAlertRules()).map(({ alert }) => alert).sort();
    const testsShape = z.object({
      tests: z.array(
        z.object({ alert_rule_test: z.array(z.object({ alertname: z.string(), exp_alerts: z.array(z.unknown()) })) }),
      ),
    });
    const { tests } = testsShape.parse(parse(await readFile(testsFile, "utf8")));
    const firing = tests.flatMap((test) => test.alert_rule_test).filter(({ exp_alerts }) => exp_alerts.length > 0);
    expect([...new Set(firing.map(({ alertname }) => alertname))].sort()).toEqual(alerts);

    const readme = await readFile(join(viewsFolder, "README.md"), "utf8");
    expect([...readme.matchAll(/^### (\w+)$/gm)].map(([, title = ""]) => title).sort()).toEqual(alerts);
    for (const { alert, annotations } of await readAlertRules()) {
      expect(annotations.runbook).toBe(`k8s/observability/README.md#${alert.toLowerCase()}`);
    }
  });
});

describe("the dashboard", () => {
  it("has each id once, and a legend for each query", async () => {
    const { panels } = await readDashboard();
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    const unnamed = panels.filter(({ targets }) => targets.some(({ legendFormat }) => !legendFormat.includes("{{")));
    expect(unnamed).toEqual([]);
  });
});
