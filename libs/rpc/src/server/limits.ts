/** What one caller may ask of a server. */
export interface Limits {
  /** Largest message, in bytes, once it is decompressed; a larger one is RESOURCE_EXHAUSTED. Default 4 MiB. */
  readonly maxMessageBytes: number;
  /**
   * Largest set of headers of one request, in bytes: 431 on HTTP/1.1, a stream reset with ENHANCE_YOUR_CALM on HTTP/2 (by
   * node:http2, requests that are sent before the caller has heard of the limit may have 64 KiB). Default 16 KiB.
   */
  readonly maxHeaderBytes: number;
  /** Calls at a time on one HTTP/2 connection; clients queue the rest. Default 1000. */
  readonly maxConcurrentStreams: number;
  /**
   * Calls a second that one HTTP/2 connection may reset, as callers do at a deadline; ten times as many at once. Beyond, the
   * connection is closed: more looks like the attack of CVE-2023-44487. On `http2` a call that is answered makes up for half of
   * one, and pings and empty frames count as much. Default 500; Node's is 33.
   */
  readonly maxResetsPerSecond: number;
  /**
   * What one HTTP/2 connection may keep in memory, in megabytes: mostly answers that the caller is slow to read. Calls that
   * would begin beyond it are reset with ENHANCE_YOUR_CALM; on `http2` so are unary requests that are not whole, when they are
   * together as large. Default 64.
   */
  readonly maxConnectionMegabytes: number;
  /** How long a new connection may take to say what it wants, and an HTTP/1.1 request to send its headers. Default 10 s. */
  readonly headersTimeoutMs: number;
  /**
   * How long an HTTP/1.1 request may take to arrive, a stream of request messages included; and, on `http2`, a unary request
   * of a caller that does not wait less: it is DEADLINE_EXCEEDED. Default 5 min.
   */
  readonly requestTimeoutMs: number;
  /** How long an HTTP/1.1 connection may rest between requests: longer than load balancers do (60 s). Default 65 s. */
  readonly keepAliveTimeoutMs: number;
  /**
   * How old an HTTP/2 connection may become, in milliseconds, and up to a tenth more by lot: then its caller is told to open
   * another one, which may lead to an instance that was not there before. Default 10 min.
   */
  readonly maxConnectionAgeMs: number;
  /**
   * Longest deadline a caller may set; a longer one is INVALID_ARGUMENT. Default 24 h. A timer cannot run longer than
   * 2^31 - 1 ms: beyond, it would fire at once.
   */
  readonly maxTimeoutMs: number;
}

export const defaultLimits: Limits = {
  maxMessageBytes: 4 * 1024 * 1024,
  maxHeaderBytes: 16 * 1024,
  maxConcurrentStreams: 1000,
  maxResetsPerSecond: 500,
  maxConnectionMegabytes: 64,
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 300_000,
  keepAliveTimeoutMs: 65_000,
  maxConnectionAgeMs: 600_000,
  maxTimeoutMs: 86_400_000,
};
