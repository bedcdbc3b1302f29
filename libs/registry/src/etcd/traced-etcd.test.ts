import { SpanStatusCode, trace } from "@opentelemetry/api";
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { MemoryEtcd } from "../testing/memory-etcd.ts";
import { absent } from "./etcd.ts";
import { tracedEtcd } from "./traced-etcd.ts";

const exporter = new InMemorySpanExporter();
const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] });

beforeAll(() => void trace.setGlobalTracerProvider(provider));
beforeEach(() => exporter.reset());
afterAll(async () => {
  trace.disable();
  await provider.shutdown();
});

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

describe("tracedEtcd", () => {
  it("has a span for a lease, a write and a list, and none for a renewal", async () => {
    const etcd = tracedEtcd(new MemoryEtcd().connect(silent));
    const lease = await etcd.grantLease(10);
    await etcd.put({ key: "/services/user/a", value: "localhost:1", lease, ifModRevision: absent });
    expect((await etcd.list({ prefix: "/services/user/" })).entries).toHaveLength(1);
    expect(await etcd.keepAlive(lease, 1000)).toBe(true);
    const spans = exporter.getFinishedSpans();
    expect(spans.map(({ name }) => name)).toEqual(["etcd grant lease", "etcd put", "etcd list"]);
    expect(spans[2]?.attributes).toEqual({
      "db.system.name": "etcd",
      "db.operation.name": "list",
      "db.collection.name": "/services/user/",
    });
  });

  it("notes a failure, and lets it through", async () => {
    const failing = {
      ...tracedEtcd(new MemoryEtcd().connect(silent)),
      list: () => Promise.reject(new TypeError("no")),
    };
    await expect(tracedEtcd(failing).list({ key: "a" })).rejects.toThrow("no");
    const [span] = exporter.getFinishedSpans();
    expect(span?.attributes["error.type"]).toBe("TypeError");
    expect(span?.status.code).toBe(SpanStatusCode.ERROR);
  });
});
