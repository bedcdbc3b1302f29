import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { debianPackages, PackagesUnavailableError } from "@banyan/dev";
import { beforeEach, describe, expect, it } from "vitest";
import { parseAllDocuments } from "yaml";
import { viewsFolder } from "./views.ts";

const kustomize = await debianPackages("kustomize", ["kustomize"]).then(
  ({ root }) => join(root, "usr/bin/kustomize"),
  (error: unknown) => {
    if (error instanceof PackagesUnavailableError) return undefined;
    throw error;
  },
);

describe("kustomize", () => {
  beforeEach((context) => context.skip(!kustomize, "kustomize is fetched where Debian's apt and keys are"));

  it("makes ConfigMaps of the dashboard and of the rules, under names that stay", async () => {
    const { stdout } = await promisify(execFile)(kustomize ?? "kustomize", ["build", viewsFolder], { timeout: 30_000 });
    const text = (file: string): Promise<string> => readFile(join(viewsFolder, file), "utf8");
    const partOf = { "app.kubernetes.io/part-of": "banyan" };
    expect(parseAllDocuments(stdout).map((document) => document.toJS())).toEqual([
      {
        apiVersion: "v1",
        kind: "ConfigMap",
        metadata: { name: "banyan-dashboard", labels: { ...partOf, grafana_dashboard: "1" } },
        data: { "banyan.json": await text("dashboard.json") },
      },
      {
        apiVersion: "v1",
        kind: "ConfigMap",
        metadata: { name: "banyan-prometheus", labels: partOf },
        data: { "banyan-alerts.yaml": await text("alerts.yaml"), "banyan-scrape.yaml": await text("scrape.yaml") },
      },
    ]);
  });
});
