import { describe, expect, it } from "vitest";
import { readExposed } from "./exposition.ts";
import { unknownNames } from "./unknown-names.ts";

const exposed = readExposed(`# HELP calls_total Calls.
# TYPE calls_total counter
calls_total{method="a/B",code="OK"} 7
calls_total{method="a/B",code="NOT_FOUND",error="NOT_FOUND"} 1
delay_bucket{le="+Inf"} 3
limit 100
`);

describe("unknownNames", () => {
  it.each([
    'sum by (job, method) (rate(calls_total{job="x",code!="OK",error!=""}[5m])) / on (job) limit',
    "histogram_quantile(0.9, sum by (instance, le) (rate(delay_bucket[5m])))",
    "up == 0",
  ])("has nothing to say of %s", (query) => {
    expect(unknownNames(query, exposed)).toEqual([]);
  });

  it.each([
    ["rate(call_total[5m])", "there is no metric call_total"],
    ['calls_total{mehtod="a/B"}', "calls_total has no label mehtod"],
    ['calls_total{code="NOTFOUND"}', 'calls_total has no code="NOTFOUND"'],
    ["sum by (method) (limit)", "no metric of the query has a label method"],
  ])("tells what is wrong with %s", (query, complaint) => {
    expect(unknownNames(query, exposed)).toEqual([complaint]);
  });
});
