import { ROOT_CONTEXT, SpanKind, TraceFlags } from "@opentelemetry/api";
import { InMemorySpanExporter, SamplingDecision, SimpleSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import { describe, expect, it } from "vitest";
import { contextWith } from "../call-context.ts";
import { newTraceContext, newTraceId } from "../trace-context.ts";
import { samplingOf } from "./tracer-provider.ts";

const parents = {
  none: undefined,
  "that is recorded": { ...newTraceContext(), traceFlags: TraceFlags.SAMPLED, isRemote: true },
  "that is not recorded": { ...newTraceContext(), isRemote: true },
};

const names = [
  "always_on",
  "always_off",
  "traceidratio",
  "parentbased_always_on",
  "parentbased_always_off",
  "parentbased_traceidratio",
] as const;

describe.each(names)("%s", (name) => {
  const sampling = samplingOf({ OTEL_TRACES_SAMPLER: name, OTEL_TRACES_SAMPLER_ARG: 0.3 });

  it.each(Object.entries(parents))("decides as the SDK does, of a call with a parent: %s", (_, parent) => {
    for (let count = 0; count < 200; count++) {
      const traceId = parent?.traceId ?? newTraceId();
      const context = parent === undefined ? ROOT_CONTEXT : contextWith(parent);
      const { decision } = sampling.sampler.shouldSample(context, traceId, "call", SpanKind.SERVER, {}, []);
      expect(sampling.records(parent, traceId)).toBe(decision === SamplingDecision.RECORD_AND_SAMPLED);
    }
  });
});

describe("a trace that begins here", () => {
  it("has the id that it is recorded for, and the next one another id", () => {
    const sampling = samplingOf({ OTEL_TRACES_SAMPLER: "traceidratio", OTEL_TRACES_SAMPLER_ARG: 0.3 });
    const exporter = new InMemorySpanExporter();
    const spanProcessors = [new SimpleSpanProcessor({ exporter })];
    const provider = new TracerProvider({ sampler: sampling.sampler, idGenerator: sampling, spanProcessors });
    const begin = (): string => provider.getTracer("test").startSpan("call", {}, ROOT_CONTEXT).spanContext().traceId;
    const recorded = Array.from({ length: 200 }, newTraceId).filter((id) => sampling.records(undefined, id));
    expect(recorded.length).toBeGreaterThan(20);
    for (const id of recorded) {
      sampling.records(undefined, id);
      expect(begin()).toBe(id);
      expect(begin()).not.toBe(id);
    }
  });
});
