import type { DescMessage, MessageShape } from "@bufbuild/protobuf";
import {
  Code,
  ConnectError,
  createContextKey,
  type Interceptor,
  type StreamRequest,
  type StreamResponse,
  type UnaryRequest,
} from "@connectrpc/connect";
import { isSpanContextValid, ROOT_CONTEXT, trace } from "@opentelemetry/api";
import { runScope, type CallScope } from "./call-context.ts";
import { callContextOf, requestIdHeader } from "./call-headers.ts";
import { CallLog } from "./call-log.ts";
import type { Logger } from "./logger.ts";
import type { Metrics } from "./metrics/metrics.ts";
import { loggable } from "./redaction.ts";
import { statusCodeOf } from "./status-code.ts";
import { newTraceContext, traceContextOf } from "./trace-context.ts";
import { addressAttributes, endCallSpan, startCallSpan } from "./tracing/call-spans.ts";

/** Who calls, `host:port`, in the context values of a call: for a server that knows to tell the log and the trace. */
export const callerAddress = createContextKey<string | undefined>(undefined, { description: "address of the caller" });

export interface ServerCallsOptions {
  readonly log: Logger;
  /** Counts calls, and measures how long they take. Default: nobody does. */
  readonly metrics?: Pick<Metrics, "serverCalls"> | undefined;
  /** Lines of successful calls a second, in [0, Infinity]; the others are counted. Default Infinity. */
  readonly successLinesPerSecond?: number | undefined;
}

/** Disposing writes what is left to say, once no call is under way. */
export interface ServerCalls extends Disposable {
  readonly interceptor: Interceptor;
}

/**
 * A server interceptor that runs each call in its context, and tells of it: one log line, metrics, and a span of its
 * trace.
 *
 * The correlation id is taken from `x-request-id` when it is well formed, is the id of the trace else, and is returned to
 * the caller in the same header, with an error as well. The trace is the caller's (W3C `traceparent`), or begins here. The
 * context has the caller's deadline and the signal that ends with the call too.
 *
 * Put it outermost (first in the array), so that it sees the error that the caller sees. A stream has ended when its last
 * message was read, and its handler runs in the context to the end.
 */
export function serverCalls({ log, metrics, successLinesPerSecond }: ServerCallsOptions): ServerCalls {
  const callLog = new CallLog(log, { successesPerSecond: successLinesPerSecond });

  const interceptor: Interceptor = (next) => (request) => {
    const { scope, call, finish } = begin(request, callLog, metrics);
    return runScope(scope, async () => {
      try {
        const response = await next(request);
        response.header.set(requestIdHeader, call.requestId);
        if (response.stream) return observed(response, scope, finish);
        finish();
        return response;
      } catch (error) {
        const seen = ConnectError.from(error);
        seen.metadata.set(requestIdHeader, call.requestId);
        finish(seen);
        throw seen;
      }
    });
  };
  return { interceptor, [Symbol.dispose]: () => callLog[Symbol.dispose]() };
}

function begin(
  request: UnaryRequest | StreamRequest,
  callLog: CallLog,
  metrics: Pick<Metrics, "serverCalls"> | undefined,
) {
  const startedAt = performance.now();
  const method = `${request.service.typeName}/${request.method.name}`;
  const system = request.header.get("content-type")?.startsWith("application/grpc") === true ? "grpc" : "connectrpc";
  const peer = request.contextValues.get(callerAddress);

  const caller = traceContextOf(request.header);
  const parent = caller === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, caller);
  const span = startCallSpan({ side: "server", system, method, parent });
  if (peer !== undefined && span.isRecording()) span.setAttributes(addressAttributes("network.peer", peer));
  // Where nobody traces, a call without a trace has one all the same: for the logs.
  const own = span.spanContext();
  const isTraced = isSpanContextValid(own);
  const call = callContextOf(request.header, {
    request,
    startedAt,
    trace: isTraced ? own : newTraceContext(),
  });
  const scope = { call, context: isTraced ? trace.setSpan(ROOT_CONTEXT, span) : ROOT_CONTEXT };

  const calls = metrics?.serverCalls.of(system, method);
  calls?.began();
  const finish = (error?: unknown): void => {
    const code = statusCodeOf(error);
    const durationMs = performance.now() - startedAt;
    calls?.ended(code, durationMs);
    endCallSpan(span, "server", code);
    if (!callLog.admits(code)) return;
    const asked =
      callLog.tellsRequests && !request.stream ? loggable(request.method.input, request.message) : undefined;
    runScope(scope, () => callLog.write({ method, code, durationMs, peer, request: asked }));
  };
  return { scope, call, finish };
}

/** A response whose stream of messages is iterated in the call's context, and whose end is told once. */
function observed(response: StreamResponse, scope: CallScope, finish: (error?: unknown) => void): StreamResponse {
  let ended = false;
  const end = (error?: unknown): void => {
    if (ended) return;
    ended = true;
    finish(error);
  };
  const messages = (): AsyncIterator<MessageShape<DescMessage>> => {
    const source = response.message[Symbol.asyncIterator]();
    return {
      next: () =>
        runScope(scope, async () => {
          try {
            const result = await source.next();
            if (result.done === true) end();
            return result;
          } catch (error) {
            end(error);
            throw error;
          }
        }),
      return: () =>
        runScope(scope, async () => {
          end(new ConnectError("the caller has gone", Code.Canceled));
          await source.return?.();
          return { done: true as const, value: undefined };
        }),
    };
  };
  return { ...response, message: { [Symbol.asyncIterator]: messages } };
}
