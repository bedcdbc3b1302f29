import { describe, expect, it } from "vitest";
import { whereToLook } from "./observe.ts";

describe("whereToLook", () => {
  it("names the page of the calls, that of the alerts, and what Grafana needs", () => {
    const prometheus = {
      url: "http://127.0.0.1:9090",
      graphUrl: (query: string) => `http://127.0.0.1:9090/graph?g0.expr=${query}`,
      alertsUrl: "http://127.0.0.1:9090/alerts",
    };
    const lines = whereToLook(prometheus).join("\n");
    expect(lines).toContain(
      "/graph?g0.expr=sum by (job, rpc_method) (rate(rpc_server_call_duration_seconds_count[1m]))",
    );
    expect(lines).toContain("http://127.0.0.1:9090/alerts");
    expect(lines).toContain("import k8s/observability/dashboard.json into Grafana");
  });
});
