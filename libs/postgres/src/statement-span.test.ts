import { AsyncLocalStorage } from "node:async_hooks";
import { context, ROOT_CONTEXT, SpanStatusCode, trace, type Context } from "@opentelemetry/api";
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import { DatabaseError } from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { withStatementSpan } from "./statement-span.ts";

const exporter = new InMemorySpanExporter();
const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] });
const storage = new AsyncLocalStorage<Context>();

beforeAll(() => {
  trace.setGlobalTracerProvider(provider);
  context.setGlobalContextManager({
    active: () => storage.getStore() ?? ROOT_CONTEXT,
    with: (active, work, self, ...args) => storage.run(active, () => work.call(self, ...args)),
    bind: (_, target) => target,
    enable() {
      return this;
    },
    disable() {
      return this;
    },
  });
});
beforeEach(() => exporter.reset());
afterAll(async () => {
  trace.disable();
  context.disable();
  await provider.shutdown();
});

/** Runs `work` within a span that is recorded. @returns that span's id */
async function inTrace(work: () => Promise<unknown>): Promise<string> {
  return trace.getTracer("test").startActiveSpan("call", async (span) => {
    await work();
    span.end();
    return span.spanContext().spanId;
  });
}

describe("withStatementSpan", () => {
  it("has a span for a statement that is part of a trace, with the statement and without its values", async () => {
    const parent = await inTrace(() => withStatementSpan("find-user", "select $1", async () => "row"));
    const [span] = exporter.getFinishedSpans();
    expect(span?.name).toBe("find-user");
    expect(span?.parentSpanContext?.spanId).toBe(parent);
    expect(span?.attributes).toEqual({
      "db.system.name": "postgresql",
      "db.query.summary": "find-user",
      "db.query.text": "select $1",
    });
  });

  it("notes the SQLSTATE of a failure, and lets it through", async () => {
    const failure = Object.assign(new DatabaseError("no", 2, "error"), { code: "23505" });
    await inTrace(() =>
      expect(withStatementSpan("add", "insert", () => Promise.reject(failure))).rejects.toBe(failure),
    );
    const [span] = exporter.getFinishedSpans();
    expect(span?.status.code).toBe(SpanStatusCode.ERROR);
    expect(span?.attributes).toMatchObject({ "db.response.status_code": "23505", "error.type": "23505" });
  });

  it("begins no trace of its own", async () => {
    expect(await withStatementSpan("ping", "select 1", async () => "row")).toBe("row");
    expect(exporter.getFinishedSpans()).toEqual([]);
  });
});
