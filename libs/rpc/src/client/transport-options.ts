import type { Interceptor, Transport } from "@connectrpc/connect";
import type { Engine } from "../engine.ts";
import type { ClientTls } from "./client-tls.ts";

export interface ConnectionOptions {
  /** How long opening a connection may take, TLS included, in milliseconds. Default 1000. */
  readonly connectTimeoutMs?: number;
  /**
   * A connection that was silent for so long is pinged, in milliseconds. Default 10 s. With the engine `connect-node` one
   * without calls is pinged only before its next call.
   */
  readonly pingIntervalMs?: number;
  /** A connection whose ping is not answered in this time is dead, and so are its calls. Default 3 s. */
  readonly pingTimeoutMs?: number;
  /** A connection without calls is closed after this time. Default 15 min. */
  readonly idleTimeoutMs?: number;
}

export interface TlsOptions {
  /** Speaks TLS; `{}` trusts what Node trusts. Default: cleartext. */
  readonly tls?: ClientTls | undefined;
}

export interface Http2TransportOptions extends ConnectionOptions, TlsOptions {
  /** What speaks HTTP/2. Default: `defaultEngine`. */
  readonly engine?: Engine | undefined;
  /**
   * Deadline of a unary call whose caller sets none, in milliseconds; 0 for none. Default 5000. Streams have a deadline
   * only when the caller sets one.
   */
  readonly deadlineMs?: number;
  /**
   * Asks servers to compress what they answer, by gzip or br. Default false: between machines of one network it takes longer
   * than what it saves.
   */
  readonly acceptCompression?: boolean;
  /** Largest message taken, in bytes, once it is decompressed. Default 4 MiB. */
  readonly maxMessageBytes?: number;
  /** Run inside of the one that sends the correlation id onward, the first one outermost. Default none. */
  readonly interceptors?: readonly Interceptor[];
}

export interface ProtocolOptions {
  /** What is spoken over HTTP/2: gRPC, or the Connect protocol. Default `grpc`. */
  readonly protocol?: "grpc" | "connect";
}

/** Deadline of a unary call whose caller sets none, in milliseconds. */
export const defaultDeadlineMs = 5000;

export const defaultMaxMessageBytes = 4_194_304;

/** How long the steps of a connection's life may take, in milliseconds. */
export const defaultConnection = {
  connectTimeoutMs: 1000,
  pingIntervalMs: 10_000,
  pingTimeoutMs: 3000,
  idleTimeoutMs: 900_000,
} as const satisfies Required<ConnectionOptions>;

export interface Http2Transport extends Transport, AsyncDisposable {
  /** Takes no more calls, and resolves when those under way have ended and the connection is closed. */
  retire(): Promise<void>;
}
