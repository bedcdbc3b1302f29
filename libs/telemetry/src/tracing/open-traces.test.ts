import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { trace } from "@opentelemetry/api";
import { describe, expect, it } from "vitest";
import { openTraceSink } from "../testing/trace-sink.ts";
import { openTraces } from "./open-traces.ts";

function recordedLog() {
  const messages: string[] = [];
  const note = (_: object, message: string): void => void messages.push(message);
  return { messages, log: { info: note, warn: note } };
}

const oneSpan = (): void => trace.getTracer("test").startSpan("buy tea").end();

describe("openTraces", () => {
  it("sends the last spans before it ends, with what is known of the process", async () => {
    await using sink = await openTraceSink();
    const { log } = recordedLog();
    const config = {
      OTEL_EXPORTER_OTLP_ENDPOINT: sink.endpoint,
      OTEL_RESOURCE_ATTRIBUTES: "deployment.environment.name=moon",
    };
    {
      await using _traces = await openTraces(config, { service: "shop", version: "1.4.0", instance: "shop-1", log });
      oneSpan();
    }
    const sent = Buffer.concat(sink.bodies).toString("latin1");
    for (const text of ["buy tea", "shop", "1.4.0", "shop-1", "moon"]) expect(sent).toContain(text);
  });

  it("records nothing after it has ended, and is never opened twice", async () => {
    await using sink = await openTraceSink();
    const { log } = recordedLog();
    const open = () => openTraces({ OTEL_EXPORTER_OTLP_ENDPOINT: sink.endpoint }, { service: "shop", log });
    const traces = await open();
    expect(trace.getTracer("test").startSpan("x").isRecording()).toBe(true);
    await expect(open()).rejects.toThrow("the process records traces already");
    await traces[Symbol.asyncDispose]();
    expect(trace.getTracer("test").startSpan("x").isRecording()).toBe(false);
  });

  it("ends in its time when the collector does not answer, and says so", async () => {
    await using sink = await openTraceSink();
    sink.status = undefined;
    const { log, messages } = recordedLog();
    const config = { OTEL_EXPORTER_OTLP_ENDPOINT: sink.endpoint, OTEL_EXPORTER_OTLP_TIMEOUT: 300 };
    const traces = await openTraces(config, { service: "shop", log });
    oneSpan();
    await traces[Symbol.asyncDispose]();
    expect(sink.bodies).toHaveLength(1);
    expect(messages).toContain("last traces are lost");
  });

  it("says once that the collector does not take traces, and what is lost at the end", async () => {
    await using sink = await openTraceSink();
    sink.status = 400;
    const { log, messages } = recordedLog();
    {
      await using _traces = await openTraces({ OTEL_EXPORTER_OTLP_ENDPOINT: sink.endpoint }, { service: "shop", log });
      for (let count = 0; count < 1500; count++) oneSpan();
    }
    expect(messages).toEqual(["traces are recorded", "the collector does not take traces", "last traces are lost"]);
  });

  it("loads nothing of OpenTelemetry's SDK where there is no collector", async () => {
    const script = fileURLToPath(new URL("../testing/loaded-modules.ts", import.meta.url));
    const loadedWith = async (config: object): Promise<unknown> => {
      const { stdout } = await promisify(execFile)(process.execPath, [script, JSON.stringify(config)]);
      return JSON.parse(stdout);
    };
    expect(await loadedWith({})).toEqual(["@opentelemetry/api"]);
    expect(await loadedWith({ OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:9" })).toContain(
      "@opentelemetry/sdk-trace",
    );
  });
});
