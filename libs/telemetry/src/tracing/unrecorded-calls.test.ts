import { trace } from "@opentelemetry/api";
import { Health, HealthCheckResponse_ServingStatus as Status } from "@banyan/stubs-standard/health";
import { createClient, createRouterTransport } from "@connectrpc/connect";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { activeContext, currentCall, runCall } from "../call-context.ts";
import { clientCalls } from "../client-calls.ts";
import { createLogger } from "../logger.ts";
import { serverCalls } from "../server-calls.ts";
import { openTraceSink, type TraceSink } from "../testing/trace-sink.ts";
import { openTraces } from "./open-traces.ts";

const traceId = "0af7651916cd43dd8448eb211c80319c";
const spanId = "b7ad6b7169203331";
const log = createLogger("health", { LOG_LEVEL: "silent", LOG_FORMAT: "json" });

/** A service that is asked, asks another one, and tells what that one was sent. */
function openHealth() {
  const sent: Headers[] = [];
  const client = { transport: { interceptors: [clientCalls()] } };
  const next = createRouterTransport(
    ({ rpc }) =>
      rpc(Health.method.check, (_, { requestHeader }) => {
        sent.push(requestHeader);
        return { status: Status.SERVING };
      }),
    client,
  );
  const seen: unknown[] = [];
  const transport = createRouterTransport(
    ({ rpc }) =>
      rpc(Health.method.check, (request) => {
        seen.push(trace.getSpanContext(activeContext())?.traceId, currentCall()?.trace?.traceId);
        trace.getTracer("test").startSpan("statement").end();
        return createClient(Health, next).check(request);
      }),
    { router: { interceptors: [serverCalls({ log }).interceptor] } },
  );
  return { sent, seen, health: createClient(Health, transport) };
}

describe("a call that is not recorded", () => {
  let sink: TraceSink;
  let traces: AsyncDisposable;
  beforeAll(async () => {
    sink = await openTraceSink();
    const config = {
      OTEL_EXPORTER_OTLP_ENDPOINT: sink.endpoint,
      OTEL_TRACES_SAMPLER: "parentbased_traceidratio",
      OTEL_TRACES_SAMPLER_ARG: 0,
    } as const;
    traces = await openTraces(config, { service: "health", log });
  });
  afterAll(async () => {
    await traces[Symbol.asyncDispose]();
    await sink[Symbol.asyncDispose]();
  });

  it("has a trace all the same, which is passed on as one that nobody records", async () => {
    const { health, sent, seen } = openHealth();
    await health.check({});
    const [, id, , flags] = sent[0]?.get("traceparent")?.split("-") ?? [];
    expect(flags).toBe("00");
    expect(seen).toEqual([id, id]);
    expect(sent[0]?.get("x-request-id")).toBe(id);
  });

  it("passes the trace of its caller on, its state included", async () => {
    const { health, sent, seen } = openHealth();
    const headers = { traceparent: `00-${traceId}-${spanId}-00`, tracestate: "vendor=1" };
    await health.check({}, { headers });
    expect(sent[0]?.get("traceparent")).toMatch(new RegExp(`^00-${traceId}-[0-9a-f]{16}-00$`));
    expect(sent[0]?.get("tracestate")).toBe("vendor=1");
    expect(seen).toEqual([traceId, traceId]);
  });

  it("begins a trace for those it calls, outside of any call too", async () => {
    const { health, sent } = openHealth();
    await runCall({ requestId: "mine" }, () => health.check({}));
    expect(sent[0]?.get("traceparent")).toMatch(/-00$/);
  });

  it("is recorded after all when its caller is, and it alone is sent", async () => {
    const { health, sent } = openHealth();
    await health.check({}, { headers: { traceparent: `00-${traceId}-${spanId}-01` } });
    expect(sent[0]?.get("traceparent")).toMatch(new RegExp(`^00-${traceId}-[0-9a-f]{16}-01$`));
    await traces[Symbol.asyncDispose]();
    const bodies = Buffer.concat(sink.bodies).toString("latin1");
    expect(bodies.split("statement")).toHaveLength(2);
    // Of the server, of the client, and what stands in their attributes.
    expect(bodies.split("grpc.health.v1.Health/Check").length).toBeGreaterThan(2);
  });
});
