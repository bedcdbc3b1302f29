import { readEnvironment } from "@banyan/service";
import { describe, expect, it } from "vitest";
import { pairsIn, traceEnvironment, tracesUrl } from "./environment.ts";

describe("traceEnvironment", () => {
  it("is off where nothing is set", () => {
    expect(tracesUrl(readEnvironment(traceEnvironment, {}))).toBeUndefined();
  });

  it.each([
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: "http://collector:4318" }, "http://collector:4318/v1/traces"],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: "https://collector/otlp/" }, "https://collector/otlp/v1/traces"],
    [{ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "http://collector:4318/mine" }, "http://collector:4318/mine"],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: "http://collector:4318", OTEL_SDK_DISABLED: "true" }, undefined],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: "http://collector:4318", OTEL_TRACES_EXPORTER: "none" }, undefined],
  ])("with %j sends to %s", (environment, url) => {
    expect(tracesUrl(readEnvironment(traceEnvironment, environment))).toBe(url);
  });

  it.each([
    ["OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4318", "expected a URL http://host:port"],
    ["OTEL_TRACES_SAMPLER", "sometimes", "expected one of"],
    ["OTEL_TRACES_SAMPLER_ARG", "1.1", "expected a number in [0, 1]"],
    ["OTEL_TRACES_SAMPLER_ARG", "-0.1", "expected a number in [0, 1]"],
    ["OTEL_RESOURCE_ATTRIBUTES", "a", "expected key=value pairs"],
    ["OTEL_RESOURCE_ATTRIBUTES", "a=%", "expected key=value pairs"],
  ])("refuses %s=%s", (name, value, message) => {
    expect(() => readEnvironment(traceEnvironment, { [name]: value })).toThrow(`${name}: ${message}`);
  });

  it.each([
    ["0", 0],
    ["0.01", 0.01],
    ["1", 1],
  ])("takes the ratio %s", (text, ratio) => {
    const config = readEnvironment(traceEnvironment, { OTEL_TRACES_SAMPLER_ARG: text });
    expect(config.OTEL_TRACES_SAMPLER_ARG).toBe(ratio);
  });
});

describe("pairsIn", () => {
  it("reads keys and values, percent-encoded", () => {
    expect(pairsIn(" a=1 ,b.c=x%2Cy=z,,")).toEqual({ a: "1", "b.c": "x,y=z" });
  });
});
