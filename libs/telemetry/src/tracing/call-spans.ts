import {
  SpanKind,
  SpanStatusCode,
  trace,
  type Attributes,
  type Context,
  type Span,
  type Tracer,
} from "@opentelemetry/api";
import { isFailure } from "../status-code.ts";

const scope = "@banyan/telemetry";

/** The tracer of whoever has registered one with OpenTelemetry's API; it does nothing where nobody has. */
const tracer: Tracer = trace.getTracer(scope);

export interface CallSpanOptions {
  readonly side: "server" | "client";
  readonly system: "grpc" | "connectrpc";
  /** `package.Service/Method`, which is the name of the span too. */
  readonly method: string;
  /** What it belongs to: the caller's span, or the call that is being worked on. */
  readonly parent: Context;
}

/**
 * The span of one call.
 *
 * @see https://opentelemetry.io/docs/specs/semconv/rpc/rpc-spans/
 */
export function startCallSpan({ side, system, method, parent }: CallSpanOptions): Span {
  const kind = side === "server" ? SpanKind.SERVER : SpanKind.CLIENT;
  const attributes = { "rpc.system.name": system, "rpc.method": method };
  return tracer.startSpan(method, { kind, attributes }, parent);
}

/** @param code as gRPC spells it */
export function endCallSpan(span: Span, side: "server" | "client", code: string): void {
  if (!span.isRecording()) return;
  span.setAttribute("rpc.status_code", code);
  if (isFailure(side, code)) {
    span.setAttribute("error.type", code);
    span.setStatus({ code: SpanStatusCode.ERROR });
  }
  span.end();
}

/** `network.peer.address` and `network.peer.port`, or those of the server. @param address `host:port` */
export function addressAttributes(prefix: "network.peer" | "server", address: string): Attributes {
  const [, host, port] = /^\[?([^\]]*)\]?:(\d+)$/.exec(address) ?? [];
  return host === undefined ? {} : { [`${prefix}.address`]: host, [`${prefix}.port`]: Number(port) };
}
