import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { workspaceFolder } from "../platform/paths.ts";

/** Where the dashboard and the alert rules are. */
export const viewsFolder = join(workspaceFolder, "k8s/observability");
export const alertsFile = join(viewsFolder, "alerts.yaml");

/** A query with the place where it stands. */
export interface PlacedQuery {
  readonly place: string;
  readonly query: string;
  /** The labels that tell its lines apart for who looks at it. */
  readonly legend: readonly string[];
}

const dashboard = z.object({
  templating: z.object({
    list: z.array(z.object({ query: z.union([z.string(), z.object({ query: z.string() })]) })),
  }),
  panels: z.array(
    z.object({
      id: z.number(),
      title: z.string(),
      targets: z.array(z.object({ expr: z.string(), legendFormat: z.string() })).default([]),
    }),
  ),
});

export type Dashboard = z.output<typeof dashboard>;

export async function readDashboard(): Promise<Dashboard> {
  return dashboard.parse(JSON.parse(await readFile(join(viewsFolder, "dashboard.json"), "utf8")));
}

/** What Grafana sends with all services chosen, and rates over a minute. */
export function dashboardQueries({ panels }: Dashboard): PlacedQuery[] {
  return panels.flatMap(({ title, targets }) =>
    targets.map(({ expr, legendFormat }, index) => ({
      place: `panel ${title}, query ${index + 1}`,
      query: expr.replaceAll("$__rate_interval", "1m").replaceAll("$service", ".+"),
      legend: [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label = ""]) => label),
    })),
  );
}

/** What the choices of the dashboard are made of: `label_values(metric, label)`, as a query for that metric by that label. */
export function choiceQueries({ templating }: Dashboard): string[] {
  return templating.list.flatMap(({ query }) => {
    if (typeof query === "string") return []; // the kind of data source
    const [, metric, label] = /^label_values\((\w+), (\w+)\)$/.exec(query.query) ?? [];
    return `group by (${label}) (${metric})`;
  });
}

const rule = z.object({
  alert: z.string(),
  expr: z.string(),
  for: z.string(),
  labels: z.object({ severity: z.enum(["critical", "warning"]) }),
  annotations: z.object({ summary: z.string(), runbook: z.string() }),
});
const rules = z.object({ groups: z.array(z.object({ name: z.string(), rules: z.array(rule) })) });

export type AlertRule = z.output<typeof rule>;

export async function readAlertRules(): Promise<readonly AlertRule[]> {
  const file: unknown = parse(await readFile(alertsFile, "utf8"));
  return rules.parse(file).groups.flatMap((group) => group.rules);
}
