import type { ReadableSpan, SpanExporter } from "@opentelemetry/sdk-trace";

type ExportResult = Parameters<Parameters<SpanExporter["export"]>[1]>[0];

export interface ExportLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

/** An exporter that tells when the collector stops taking traces, and when it takes them again: once each. */
export class ReportingExporter implements SpanExporter {
  readonly #exporter: SpanExporter;
  readonly #log: ExportLog;
  #failing = false;
  #lost = 0;

  constructor(exporter: SpanExporter, log: ExportLog) {
    this.#exporter = exporter;
    this.#log = log;
  }

  export(spans: ReadableSpan[], done: (result: ExportResult) => void): void {
    this.#exporter.export(spans, (result) => {
      this.#note(result.error, spans.length);
      done(result);
    });
  }

  forceFlush(): Promise<void> {
    return this.#exporter.forceFlush?.() ?? Promise.resolve();
  }

  shutdown(): Promise<void> {
    return this.#exporter.shutdown();
  }

  #note(error: Error | undefined, spans: number): void {
    if (error !== undefined) {
      this.#lost += spans;
      if (!this.#failing) this.#log.warn({ error: error.message }, "the collector does not take traces");
    } else if (this.#failing) {
      this.#log.info({ lostSpans: this.#lost }, "the collector takes traces again");
      this.#lost = 0;
    }
    this.#failing = error !== undefined;
  }
}
