import { SpanKind, SpanStatusCode, trace, type Span } from "@opentelemetry/api";
import { DatabaseError } from "pg";

const tracer = trace.getTracer("@banyan/postgres");

/**
 * Sends a statement, with a span of its own where it is part of a trace that is recorded. What nobody has asked for (a
 * ping, a sweep) begins no trace. The values of a statement are not told.
 *
 * @see https://opentelemetry.io/docs/specs/semconv/database/postgresql/
 */
export async function withStatementSpan<T>(name: string, text: string, send: () => Promise<T>): Promise<T> {
  if (trace.getActiveSpan()?.isRecording() !== true) return send();
  const span = tracer.startSpan(name, {
    kind: SpanKind.CLIENT,
    attributes: { "db.system.name": "postgresql", "db.query.summary": name, "db.query.text": text },
  });
  try {
    return await send();
  } catch (error) {
    noteFailure(span, error);
    throw error;
  } finally {
    span.end();
  }
}

function noteFailure(span: Span, error: unknown): void {
  const sqlState = error instanceof DatabaseError ? error.code : undefined;
  if (sqlState !== undefined) span.setAttribute("db.response.status_code", sqlState);
  span.setAttribute("error.type", sqlState ?? (error instanceof Error ? error.name : "_OTHER"));
  span.setStatus({ code: SpanStatusCode.ERROR });
}
