import { once } from "node:events";
import { context, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider, type ReadableSpan } from "@opentelemetry/sdk-trace";
import { Health, HealthCheckResponse_ServingStatus as Status } from "@banyan/stubs-standard/health";
import { Code, ConnectError, createClient, createRouterTransport, type ConnectRouter } from "@connectrpc/connect";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { callContextManager } from "../call-context.ts";
import { clientCalls } from "../client-calls.ts";
import { createLogger } from "../logger.ts";
import { serverCalls } from "../server-calls.ts";
import { addressAttributes } from "./call-spans.ts";

const exporter = new InMemorySpanExporter();
const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] });

beforeAll(() => {
  trace.setGlobalTracerProvider(provider);
  context.setGlobalContextManager(callContextManager);
});
beforeEach(() => exporter.reset());
afterAll(async () => {
  trace.disable();
  context.disable();
  await provider.shutdown();
});

const serving = { status: Status.SERVING };
const log = createLogger("health", { LOG_LEVEL: "silent", LOG_FORMAT: "json" });

function openHealth(routes: (router: ConnectRouter) => void) {
  return createClient(
    Health,
    createRouterTransport(routes, {
      router: { interceptors: [serverCalls({ log }).interceptor] },
      transport: { interceptors: [clientCalls({ address: "10.0.0.7:50051" })] },
    }),
  );
}

function spanOf(kind: SpanKind): ReadableSpan {
  const found = exporter.getFinishedSpans().find((span) => span.kind === kind);
  if (found === undefined) throw new Error("there is no such span");
  return found;
}

describe("the spans of a call", () => {
  it("are one of the client and within it one of the server, and what the handler does is within that", async () => {
    const health = openHealth(({ rpc }) =>
      rpc(Health.method.check, async () => {
        await Promise.resolve();
        trace.getTracer("test").startSpan("inner").end();
        return serving;
      }),
    );
    await health.check({});
    const [client, server, inner] = [SpanKind.CLIENT, SpanKind.SERVER, SpanKind.INTERNAL].map(spanOf);
    expect(server?.parentSpanContext?.spanId).toBe(client?.spanContext().spanId);
    expect(inner?.parentSpanContext?.spanId).toBe(server?.spanContext().spanId);
    expect(server?.name).toBe("grpc.health.v1.Health/Check");
    expect(client?.attributes).toEqual({
      "rpc.system.name": "grpc",
      "rpc.method": "grpc.health.v1.Health/Check",
      "rpc.status_code": "OK",
      "server.address": "10.0.0.7",
      "server.port": 50051,
    });
  });

  it.each([
    [Code.NotFound, "NOT_FOUND", SpanStatusCode.UNSET],
    [Code.Unavailable, "UNAVAILABLE", SpanStatusCode.ERROR],
  ])("have code %i as %s: an error of the client, of the server status %i", async (code, name, serverStatus) => {
    const health = openHealth(({ rpc }) =>
      rpc(Health.method.check, () => {
        throw new ConnectError("no", code);
      }),
    );
    await expect(health.check({})).rejects.toThrow(ConnectError);
    expect(spanOf(SpanKind.CLIENT).status.code).toBe(SpanStatusCode.ERROR);
    expect(spanOf(SpanKind.SERVER).status.code).toBe(serverStatus);
    expect(spanOf(SpanKind.SERVER).attributes["rpc.status_code"]).toBe(name);
  });

  it("end when a stream has ended", async () => {
    const health = openHealth(({ rpc }) =>
      rpc(Health.method.watch, async function* () {
        yield serving;
        await Promise.resolve();
        yield serving;
      }),
    );
    for await (const _ of health.watch({})) expect(exporter.getFinishedSpans()).toEqual([]);
    expect(exporter.getFinishedSpans()).toHaveLength(2);
  });
});

describe("the span of a stream that its reader leaves", () => {
  it("ends when the signal is aborted", async () => {
    const health = openHealth(({ rpc }) =>
      rpc(Health.method.watch, async function* (_, { signal }) {
        yield serving;
        await once(signal, "abort");
      }),
    );
    const leaving = new AbortController();
    for await (const _ of health.watch({}, { signal: leaving.signal })) break;
    leaving.abort();
    expect(spanOf(SpanKind.CLIENT).attributes).toMatchObject({ "rpc.status_code": "CANCELLED" });
  });
});

describe("addressAttributes", () => {
  it.each([
    ["10.0.0.7:80", { "server.address": "10.0.0.7", "server.port": 80 }],
    ["[::1]:80", { "server.address": "::1", "server.port": 80 }],
    ["nowhere", {}],
  ])("of %s are %j", (address, attributes) => {
    expect(addressAttributes("server", address)).toEqual(attributes);
  });
});
