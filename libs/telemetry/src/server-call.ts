import type { StreamRequest, UnaryRequest } from "@connectrpc/connect";
import { isSpanContextValid, ROOT_CONTEXT, trace, type Context, type Span, type SpanContext } from "@opentelemetry/api";
import { contextWith, runScope, type CallContext, type CallScope } from "./call-context.ts";
import { callContextOf, requestIdHeader, requestIdOf } from "./call-headers.ts";
import type { CallLog } from "./call-log.ts";
import type { MethodCalls, RpcSystem } from "./metrics/call-instruments.ts";
import type { Metrics } from "./metrics/metrics.ts";
import { loggable } from "./redaction.ts";
import { statusCodeOf } from "./status-code.ts";
import { newTraceContext, newTraceId, traceContextOf } from "./trace-context.ts";
import { addressAttributes, endCallSpan, startCallSpan } from "./tracing/call-spans.ts";
import { traceSampling } from "./tracing/sampling.ts";

/** Who is told of calls. */
export interface CallSinks {
  readonly log: CallLog;
  readonly metrics: Pick<Metrics, "serverCalls"> | undefined;
}

/**
 * A call that has come in, and the scope that it is worked on in. Most calls are not recorded, have no line in the log, and
 * are answered before anybody asks for their context, which is made then.
 */
export class ServerCall implements CallScope {
  readonly requestId: string;
  readonly #request: UnaryRequest | StreamRequest;
  readonly #startedAt: number;
  readonly #log: CallLog;
  readonly #counted: MethodCalls | undefined;
  readonly #peer: string | undefined;
  readonly #caller: SpanContext | undefined;
  readonly #traceId: string;
  /** Undefined while nobody records the call. */
  readonly #span: Span | undefined;
  #spanContext: SpanContext | undefined;
  #context: Context | undefined;
  #call: CallContext | undefined;

  /** @param peer who calls, `host:port` */
  constructor(request: UnaryRequest | StreamRequest, { log, metrics }: CallSinks, peer: string | undefined) {
    const { header } = request;
    const isGrpc = header.get("content-type")?.startsWith("application/grpc") === true;
    const system = isGrpc ? "grpc" : "connectrpc";
    this.#request = request;
    this.#startedAt = performance.now();
    this.#log = log;
    this.#peer = peer;
    this.#counted = metrics?.serverCalls.ofMethod(system, request.method);
    this.#caller = traceContextOf(header);
    const sampling = traceSampling();
    let traceId = this.#caller?.traceId;
    if (sampling === undefined || sampling.records(this.#caller, (traceId ??= newTraceId()))) {
      this.#span = this.#startSpan(system);
      traceId = this.#span?.spanContext().traceId ?? traceId;
    }
    this.#traceId = traceId ?? newTraceId();
    this.requestId = requestIdOf(header.get(requestIdHeader), this.#traceId);
    this.#counted?.began();
  }

  get call(): CallContext {
    const { requestId, spanContext } = this;
    const arrival = { request: this.#request, requestId, startedAt: this.#startedAt, trace: spanContext };
    return (this.#call ??= callContextOf(this.#request.header, arrival));
  }

  get spanContext(): SpanContext {
    return (this.#spanContext ??=
      this.#span?.spanContext() ?? newTraceContext(this.#traceId, this.#caller?.traceState));
  }

  get context(): Context {
    return (this.#context ??= this.#span ? trace.setSpan(ROOT_CONTEXT, this.#span) : contextWith(this.spanContext));
  }

  /** Tells how the call has ended: to be called once. @param error undefined when it was answered */
  finish(error?: unknown): void {
    const code = statusCodeOf(error);
    const now = performance.now();
    this.#counted?.ended(code, now - this.#startedAt);
    if (this.#span !== undefined) endCallSpan(this.#span, "server", code);
    if (this.#log.admits(code, now)) runScope(this, () => this.#write(code, now - this.#startedAt));
  }

  /** Undefined where nobody who records traces is there. */
  #startSpan(system: RpcSystem): Span | undefined {
    const span = startCallSpan({ side: "server", system, method: this.#method, parent: contextWith(this.#caller) });
    if (this.#peer !== undefined && span.isRecording())
      span.setAttributes(addressAttributes("network.peer", this.#peer));
    return isSpanContextValid(span.spanContext()) ? span : undefined;
  }

  #write(code: string, durationMs: number): void {
    const request = this.#request;
    const asked =
      this.#log.tellsRequests && !request.stream ? loggable(request.method.input, request.message) : undefined;
    this.#log.write({ method: this.#method, code, durationMs, peer: this.#peer, request: asked });
  }

  get #method(): string {
    return `${this.#request.service.typeName}/${this.#request.method.name}`;
  }
}
