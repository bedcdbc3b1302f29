import { describe, expect, it } from "vitest";
import type { Family } from "./family.ts";
import { createMetrics } from "./metrics.ts";
import { maxSeries } from "./series.ts";

function open() {
  const warnings: object[] = [];
  const log = { warn: (fields: object) => void warnings.push(fields) };
  const metrics = createMetrics({ service: "user", version: "1.4.0", instance: "user-1", log });
  /** The lines of one metric, its series for a histogram included. */
  const linesOf = async (name: string): Promise<string[]> =>
    (await metrics.text()).split("\n").filter((line) => line.startsWith(name));
  return { metrics, warnings, linesOf };
}

const gauge = (labels: readonly string[], read: Family["read"]): Family => ({
  name: "shop_stock",
  help: "What is there.",
  type: "gauge",
  labels,
  read,
});

describe("createMetrics", () => {
  it("tells which process of which service it is, and how the process does", async () => {
    const { metrics } = open();
    const text = await metrics.text();
    expect(text).toContain('target_info{service_name="user",service_version="1.4.0",service_instance_id="user-1"} 1');
    for (const name of [
      "process_cpu_seconds_total",
      "process_resident_memory_bytes",
      "nodejs_heap_size_used_bytes",
      "nodejs_eventloop_lag_p99_seconds",
      "nodejs_eventloop_utilization_summary",
    ]) {
      expect(text).toMatch(new RegExp(`^${name}`, "m"));
    }
    expect(text).toContain("# TYPE nodejs_gc_duration_seconds histogram");
  });

  it("measures calls by method and code, in the names of OpenTelemetry's conventions", async () => {
    const { metrics, linesOf } = open();
    const calls = metrics.serverCalls.of("grpc", "user.v1.UserService/GetUser");
    calls.began();
    calls.ended("OK", 4);
    calls.began();
    calls.ended("INTERNAL", 40);
    calls.began();
    const labels = 'rpc_system_name="grpc",rpc_method="user.v1.UserService/GetUser"';
    expect(await linesOf("rpc_server_call_duration_seconds_count")).toEqual([
      `rpc_server_call_duration_seconds_count{${labels},rpc_status_code="OK"} 1`,
      `rpc_server_call_duration_seconds_count{${labels},rpc_status_code="INTERNAL",error_type="INTERNAL"} 1`,
    ]);
    expect(await linesOf(`rpc_server_call_duration_seconds_bucket{le="0.005",${labels},rpc_status_code="OK"}`)).toEqual(
      [`rpc_server_call_duration_seconds_bucket{le="0.005",${labels},rpc_status_code="OK"} 1`],
    );
    expect(await linesOf("rpc_server_active_calls")).toEqual([`rpc_server_active_calls{${labels}} 1`]);
  });

  it("counts a refusal as an error on the caller's side alone", async () => {
    const { metrics, linesOf } = open();
    for (const calls of [metrics.serverCalls, metrics.clientCalls]) calls.of("grpc", "a.B/C").ended("NOT_FOUND", 1);
    expect(await linesOf("rpc_server_call_duration_seconds_count")).toEqual([
      'rpc_server_call_duration_seconds_count{rpc_system_name="grpc",rpc_method="a.B/C",rpc_status_code="NOT_FOUND"} 1',
    ]);
    expect(await linesOf("rpc_client_call_duration_seconds_count")).toEqual([
      expect.stringContaining('rpc_status_code="NOT_FOUND",error_type="NOT_FOUND"'),
    ]);
  });

  it("has one counter for each name", async () => {
    const { metrics, linesOf } = open();
    metrics.counter("shop_sales_total", "Sales.", ["kind"]).add("tea");
    metrics.counter("shop_sales_total", "Sales.", ["kind"]).add("tea");
    expect(await linesOf("shop_sales_total")).toEqual(['shop_sales_total{kind="tea"} 2']);
  });

  it("has a series at 0 that nothing was counted of yet, where it is asked to", async () => {
    const { metrics, linesOf } = open();
    const counter = metrics.counter("shop_sales_total", "Sales.", ["kind"]);
    counter.add("tea");
    for (const kind of ["tea", "figs"]) counter.zero(kind);
    expect(await linesOf("shop_sales_total")).toEqual([
      'shop_sales_total{kind="tea"} 1',
      'shop_sales_total{kind="figs"} 0',
    ]);
  });
});

describe("observe", () => {
  it("reads at each scrape, several sources of one metric together, until it is ended", async () => {
    const { metrics, linesOf } = open();
    let stock = 1;
    metrics.observe(gauge(["shelf"], () => [{ labels: { shelf: "a" }, value: stock }]));
    const end = metrics.observe(gauge(["shelf"], () => [{ labels: { shelf: "b" }, value: 7 }]));
    expect(await linesOf("shop_stock")).toEqual(['shop_stock{shelf="a"} 1', 'shop_stock{shelf="b"} 7']);
    stock = 2;
    end();
    expect(await linesOf("shop_stock")).toEqual(['shop_stock{shelf="a"} 2']);
  });

  it("goes on without what cannot be read, and says so once until it can be again", async () => {
    const { metrics, warnings, linesOf } = open();
    let broken = true;
    metrics.observe(
      gauge([], () => {
        if (broken) throw new Error("no");
        return [{ labels: {}, value: 1 }];
      }),
    );
    expect(await linesOf("shop_stock")).toEqual([]);
    expect(await linesOf("target_info")).toHaveLength(1);
    expect(warnings).toEqual([{ family: "shop_stock", error: expect.any(Error) }]);
    broken = false;
    expect(await linesOf("shop_stock")).toEqual(["shop_stock 1"]);
    broken = true;
    await metrics.text();
    expect(warnings).toHaveLength(2);
  });

  it("leaves out what is no number", async () => {
    const { metrics, linesOf } = open();
    metrics.observe(gauge([], () => [{ labels: {}, value: Number.NaN }]));
    expect(await linesOf("shop_stock")).toEqual([]);
  });
});

/** Different each, and as nasty as they come. */
const hostile = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `${index}"} 1\n# TYPE x gauge\\${"|".repeat(200)}\u0000ä`);

describe("the number of series", () => {
  const others = /_OTHER/;

  it("is bounded, whatever methods are called", async () => {
    const { metrics, linesOf } = open();
    for (const method of hostile(5 * maxSeries)) {
      const calls = metrics.serverCalls.of("grpc", method);
      calls.began();
      calls.ended("OK", 1);
    }
    expect((await linesOf("rpc_server_call_duration_seconds_count")).length).toBeLessThanOrEqual(maxSeries);
    const active = await linesOf("rpc_server_active_calls");
    expect(active).toHaveLength(maxSeries);
    expect(active.filter((line) => others.test(line))).toEqual([expect.stringMatching(/ 0$/)]);
  });

  it("is bounded, whatever codes calls end with", async () => {
    const { metrics, linesOf } = open();
    const calls = metrics.clientCalls.of("grpc", "a.B/C");
    for (const code of hostile(5 * maxSeries)) calls.ended(code, 1);
    expect(await linesOf("rpc_client_call_duration_seconds_count")).toEqual([
      expect.stringContaining(`rpc_status_code="UNKNOWN",error_type="UNKNOWN"} ${5 * maxSeries}`),
    ]);
  });

  it("is bounded, whatever is counted, and the count is right", async () => {
    const { metrics, linesOf } = open();
    const counter = metrics.counter("shop_sales_total", "Sales.", ["service", "kind"]);
    for (const value of hostile(5 * maxSeries)) counter.add(value, value);
    const lines = await linesOf("shop_sales_total");
    expect(lines).toHaveLength(maxSeries);
    expect(lines.filter((line) => others.test(line))).toEqual([
      `shop_sales_total{service="_OTHER",kind="_OTHER"} ${4 * maxSeries + 1}`,
    ]);
  });

  it("is bounded, however many instances a source tells of", async () => {
    const { metrics, linesOf } = open();
    const instances = hostile(5 * maxSeries);
    metrics.observe(gauge(["instance"], () => instances.map((instance) => ({ labels: { instance }, value: 1 }))));
    expect(await linesOf("shop_stock")).toHaveLength(maxSeries);
  });

  it("leaves every line well formed, however nasty a label's value is", async () => {
    const { metrics } = open();
    const counter = metrics.counter("shop_sales_total", "Sales.", ["a", "b"]);
    for (const value of hostile(3)) counter.add(value, value);
    const lines = (await metrics.text()).split("\n").filter((line) => line !== "" && !line.startsWith("#"));
    const wellFormed = /^[a-z_:][a-z0-9_:]*(\{([a-z_]+="[ -~]*",?)*\})? ([-+]?[0-9.e+-]+|[+-]Inf|Nan)$/i;
    expect(lines.filter((line) => !wellFormed.test(line))).toEqual([]);
    expect(await metrics.text()).not.toContain("# TYPE x gauge\n");
  });

  it("keeps apart what differs, also where values have the separator of the Prometheus client", async () => {
    const { metrics, linesOf } = open();
    const counter = metrics.counter("shop_sales_total", "Sales.", ["a", "b"]);
    counter.add("x|", "y");
    counter.add("x", "|y");
    expect(await linesOf("shop_sales_total")).toEqual([
      'shop_sales_total{a="x_",b="y"} 1',
      'shop_sales_total{a="x",b="_y"} 1',
    ]);
  });
});
