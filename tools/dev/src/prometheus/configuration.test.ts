import { describe, expect, it } from "vitest";
import { writeConfiguration } from "./configuration.ts";

describe("writeConfiguration", () => {
  it("scrapes each job's instances and loads the rules", () => {
    const jobs = [
      { name: "user", targets: ["localhost:51051", "localhost:51061"] },
      { name: "order", targets: ["localhost:51052"] },
    ];
    const text = writeConfiguration({ jobs, ruleFiles: ["/a folder/alerts.yaml"], intervalSeconds: 2 });
    expect(JSON.parse(text)).toEqual({
      global: { scrape_interval: "2s", scrape_timeout: "2s", evaluation_interval: "2s" },
      rule_files: ["/a folder/alerts.yaml"],
      scrape_configs: [
        { job_name: "user", static_configs: [{ targets: ["localhost:51051", "localhost:51061"] }] },
        { job_name: "order", static_configs: [{ targets: ["localhost:51052"] }] },
      ],
    });
  });
});
