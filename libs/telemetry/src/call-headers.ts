import type { CallContext } from "./call-context.ts";

/** The header that carries the correlation id, as proxies and other frameworks spell it. */
export const requestIdHeader = "x-request-id";

/**
 * The header that tells how often a call was tried before this attempt.
 *
 * @see https://github.com/grpc/proposal/blob/master/A6-client-retries.md#exposed-retry-metadata
 */
export const previousAttemptsHeader = "grpc-previous-rpc-attempts";

const wellFormedId = /^[A-Za-z0-9._-]{1,128}$/;

/** The id a caller sent, or `instead` when it sent none or one that is not well formed. */
export function requestIdOf(header: string | null, instead: string): string {
  return header !== null && wellFormedId.test(header) ? header : instead;
}

/** Milliseconds in each unit of `grpc-timeout`. */
const units: Readonly<Record<string, number>> = { H: 3_600_000, M: 60_000, S: 1000, m: 1, u: 1e-3, n: 1e-6 };

/**
 * How long a caller waits, in milliseconds; undefined for one that does not say, or not in the protocols' words.
 *
 * @see https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md#requests (`Timeout`)
 * @see https://connectrpc.com/docs/protocol#unary-request (`Connect-Timeout-Ms`)
 */
export function timeoutMsOf(headers: Headers): number | undefined {
  const [, count, unit = ""] = /^([0-9]{1,8})([HMSmun])$/.exec(headers.get("grpc-timeout") ?? "") ?? [];
  if (count !== undefined) return Number(count) * (units[unit] ?? 1);
  const [connect] = /^[0-9]{1,10}$/.exec(headers.get("connect-timeout-ms") ?? "") ?? [];
  return connect === undefined ? undefined : Number(connect);
}

/** What is known of a call beside its headers. */
export interface CallArrival {
  /** Who makes the call's signal, when somebody asks for it. */
  readonly request: { readonly signal: AbortSignal };
  /** Its correlation id. */
  readonly requestId: string;
  /** When it came, by `performance.now()`. */
  readonly startedAt: number;
  /** Where it stands in its trace. */
  readonly trace: NonNullable<CallContext["trace"]>;
}

/** What the headers of a call tell of it. */
export function callContextOf(headers: Headers, arrival: CallArrival): CallContext {
  return new ArrivedCall(headers, arrival);
}

class ArrivedCall implements CallContext {
  readonly requestId: string;
  readonly trace: NonNullable<CallContext["trace"]>;
  readonly previousAttempts: number;
  declare readonly deadline?: number;
  declare readonly signal: AbortSignal;
  readonly #request: CallArrival["request"];

  constructor(headers: Headers, { request, requestId, startedAt, trace }: CallArrival) {
    const timeoutMs = timeoutMsOf(headers);
    this.requestId = requestId;
    this.trace = trace;
    this.previousAttempts = previousAttemptsOf(headers.get(previousAttemptsHeader));
    if (timeoutMs !== undefined) this.deadline = startedAt + timeoutMs;
    this.#request = request;
    Object.defineProperty(this, "signal", ArrivedCall.#lazySignal);
  }

  /** An own property, so that copies have it; most calls are answered before anybody asks for their signal. */
  static readonly #lazySignal: PropertyDescriptor & ThisType<ArrivedCall> = {
    enumerable: true,
    get() {
      return this.#request.signal;
    },
  };
}

function previousAttemptsOf(header: string | null): number {
  return header !== null && /^[0-9]{1,3}$/.test(header) ? Number(header) : 0;
}
