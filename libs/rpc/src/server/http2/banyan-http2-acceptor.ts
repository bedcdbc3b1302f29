import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";
import { ConnectionError, type ConnectionOptions, ErrorCode, ServerConnection, readOptions } from "@banyan/http2";
import type { Logger } from "@banyan/telemetry";
import { addressOf } from "../caller-address.ts";
import type { Http2Acceptor } from "../http2-acceptor.ts";
import type { Limits } from "../limits.ts";
import type { CallRoutes } from "./call-routes.ts";
import { Caller } from "./caller.ts";

export interface BanyanHttp2Options {
  readonly routes: CallRoutes;
  readonly limits: Limits;
  readonly log: Logger;
  /** Told of each gRPC call of a method that nobody handles. */
  readonly onUnknown: () => void;
  readonly onIdle: () => void;
}

/** The longest time that a connection may be told of, in milliseconds. */
const day = 86_400_000;

/** @throws {RangeError} naming what is out of bounds */
function connectionOptions(limits: Limits): ConnectionOptions {
  return readOptions({
    maxConcurrentStreams: limits.maxConcurrentStreams,
    maxHeaderListBytes: limits.maxHeaderBytes,
    maxBufferedBytes: Math.min(1_000_000 * limits.maxConnectionMegabytes, 2 ** 30),
    maxResetsPerSecond: limits.maxResetsPerSecond,
    handshakeTimeoutMs: limits.headersTimeoutMs,
    maxAgeMs: Math.min(limits.maxConnectionAgeMs, day),
    // Streams may outlive the connection's age; the drain has a bound of its own.
    shutdownTimeoutMs: day,
  });
}

/** HTTP/2 by @banyan/http2, with unary calls on a path of their own. */
export class BanyanHttp2Acceptor implements Http2Acceptor {
  readonly #options: BanyanHttp2Options;
  readonly #connectionOptions: ConnectionOptions;
  readonly #connections = new Set<ServerConnection>();
  #isShuttingDown = false;

  constructor(options: BanyanHttp2Options) {
    this.#options = options;
    this.#connectionOptions = connectionOptions(options.limits);
  }

  get openCalls(): number {
    let open = 0;
    for (const connection of this.#connections) open += connection.openStreams;
    return open;
  }

  accept(socket: Socket): void {
    const { log, onIdle } = this.#options;
    const scheme = socket instanceof TLSSocket ? "https" : "http";
    const caller = new Caller(this.#options, addressOf(socket), scheme);
    const connection = new ServerConnection(socket, {
      ...this.#connectionOptions,
      onRequest: (stream, head, isEnd) => caller.take(stream, head, isEnd),
      onIdle,
      onClosed: (error) => {
        this.#connections.delete(connection);
        if (error instanceof ConnectionError && error.code === ErrorCode.INTERNAL_ERROR) {
          log.error({ error }, "a connection could not go on");
        }
        onIdle();
      },
    });
    this.#connections.add(connection);
    if (this.#isShuttingDown) connection.shutdown();
  }

  shutdown(): void {
    this.#isShuttingDown = true;
    for (const connection of this.#connections) connection.shutdown();
  }
}
