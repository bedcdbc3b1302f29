import { Code, ConnectError, type Interceptor, type StreamResponse } from "@connectrpc/connect";
import { isSpanContextValid, trace, type Span } from "@opentelemetry/api";
import { activeContext, activeSpanContext, currentCall, runScope, scopeIn } from "./call-context.ts";
import { requestIdHeader } from "./call-headers.ts";
import { statusCodeOf } from "./status-code.ts";
import { newTraceContext, newTraceId, setTraceHeaders, traceparentHeader } from "./trace-context.ts";
import { addressAttributes, endCallSpan, startCallSpan } from "./tracing/call-spans.ts";
import { traceSampling } from "./tracing/sampling.ts";

export interface ClientCallsOptions {
  /** Who is called, `host:port`, for the span. */
  readonly address?: string;
  /** How it is called. Default `grpc`. */
  readonly system?: "grpc" | "connectrpc";
}

/**
 * A client interceptor that takes the call being worked on to the next hop: its correlation id as `x-request-id`, and its
 * trace as W3C `traceparent` and `tracestate`, with a span of its own for each attempt.
 *
 * A header that is there already is left as it is.
 */
export function clientCalls({ address, system = "grpc" }: ClientCallsOptions = {}): Interceptor {
  const peer = address === undefined ? {} : addressAttributes("server", address);
  return (next) => async (request) => {
    const call = currentCall();
    if (call !== undefined && !request.header.has(requestIdHeader)) {
      request.header.set(requestIdHeader, call.requestId);
    }
    if (request.header.has(traceparentHeader)) return next(request);

    const parent = activeSpanContext();
    const traceId = parent?.traceId ?? newTraceId();
    if (traceSampling()?.records(parent, traceId) === false) {
      setTraceHeaders(request.header, newTraceContext(traceId, parent?.traceState));
      return next(request);
    }
    const context = activeContext();
    const method = `${request.service.typeName}/${request.method.name}`;
    const span = startCallSpan({ side: "client", system, method, parent: context });
    const own = span.spanContext();
    const sent = isSpanContextValid(own) ? own : call?.trace;
    if (sent !== undefined) setTraceHeaders(request.header, sent);
    if (!span.isRecording()) return next(request);

    span.setAttributes(peer);
    return runScope(scopeIn(call, trace.setSpan(context, span)), async () => {
      try {
        const response = await next(request);
        if (response.stream) return observed(response, span, request.signal);
        endCallSpan(span, "client", "OK");
        return response;
      } catch (error) {
        endCallSpan(span, "client", statusCodeOf(error));
        throw error;
      }
    });
  };
}

/** A response whose stream ends the span; a reader that leaves ends it by the signal. */
function observed(response: StreamResponse, span: Span, signal: AbortSignal): StreamResponse {
  const end = (error?: unknown): void => endCallSpan(span, "client", statusCodeOf(error));
  signal.addEventListener("abort", () => end(ConnectError.from(signal.reason, Code.Canceled)), { once: true });
  const message = {
    async *[Symbol.asyncIterator]() {
      try {
        yield* response.message;
        end();
      } catch (error) {
        end(error);
        throw error;
      }
    },
  };
  return { ...response, message };
}
