import { EventEmitter, once } from "node:events";
import { createServer as createHttp1Server, type Server as Http1Server, type ServerResponse } from "node:http";
import { createServer as createHttpsServer, type Server as HttpsServer } from "node:https";
import type { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { Http2Acceptor, OpenHttp2Acceptor } from "./http2-acceptor.ts";
import type { Limits } from "./limits.ts";
import { switchByAlpn, switchProtocols } from "./protocol-switch.ts";
import type { RequestListener } from "./request-listener.ts";
import type { TlsIdentity } from "./tls.ts";

/** How long connections may take to close, or to begin one last call, once all calls have been answered. */
const partingMs = 500;

export interface CallerPortOptions {
  /** Answers on HTTP/1.1. */
  readonly listener: RequestListener;
  readonly openHttp2: OpenHttp2Acceptor;
  readonly limits: Limits;
  /** Default: the port is cleartext. */
  readonly tls: TlsIdentity | undefined;
}

/** The one port for callers, HTTP/1.1 and HTTP/2 alike. */
export class CallerPort {
  /** The server to let listen. */
  readonly server: Http1Server | HttpsServer;
  readonly #http2: Http2Acceptor;
  readonly #sockets = new Set<Socket>();
  /** The answers that are under way on HTTP/1.1. */
  readonly #unanswered = new Set<ServerResponse>();
  readonly #events = new EventEmitter<{ answered: [] }>();
  #draining = false;

  constructor({ listener, openHttp2, limits, tls }: CallerPortOptions) {
    const options = {
      maxHeaderSize: limits.maxHeaderBytes,
      headersTimeout: limits.headersTimeoutMs,
      requestTimeout: limits.requestTimeoutMs,
      keepAliveTimeout: limits.keepAliveTimeoutMs,
      connectionsCheckingInterval: Math.min(1000, limits.headersTimeoutMs / 2),
      // TCP keepalive: what finds a caller that has gone without a word.
      keepAlive: true,
      keepAliveInitialDelay: 30_000,
      noDelay: true,
    };
    this.#http2 = openHttp2(() => this.#noteAnswered());
    const accept = (socket: Socket): void => this.#http2.accept(socket);
    if (tls === undefined) {
      const http1 = (this.server = createHttp1Server(options));
      switchProtocols(http1, accept, { undecidedTimeoutMs: limits.headersTimeoutMs });
    } else {
      const { key, cert } = tls;
      const handshakeTimeout = limits.headersTimeoutMs;
      const https = (this.server = createHttpsServer({
        ...options,
        key,
        cert,
        handshakeTimeout,
        ALPNProtocols: ["h2", "http/1.1"],
      }));
      switchByAlpn(https, accept);
    }
    this.server.on("connection", (socket: Socket) => {
      this.#sockets.add(socket);
      socket.once("close", () => this.#sockets.delete(socket));
    });
    this.server.on("request", (request, response) => {
      this.#answerOf(response);
      listener(request, response);
    });
  }

  /**
   * Refuses new connections, tells the existing ones to go (GOAWAY on HTTP/2, `connection: close` on HTTP/1.1), and
   * resolves when the calls in flight have been answered and every connection is closed.
   *
   * @returns how many calls were cut off because they had not been answered after `timeoutMs`
   */
  async drain(timeoutMs: number): Promise<number> {
    if (!this.server.listening) return 0;
    this.#draining = true;
    const closed = once(this.server.close(), "close");
    this.#http2.shutdown();
    for (const response of this.#unanswered) announceClose(response);

    await within(timeoutMs, [closed, this.#parted()]);
    const cutOff = this.#openCalls;
    for (const socket of this.#sockets) socket.destroy();
    await closed;
    return cutOff;
  }

  get #openCalls(): number {
    return this.#unanswered.size + this.#http2.openCalls;
  }

  /** Resolves when every call was answered, and no connection has begun another one for `partingMs`. */
  async #parted(): Promise<void> {
    do {
      if (this.#openCalls > 0) await once(this.#events, "answered");
      await sleep(partingMs, undefined, { ref: false });
    } while (this.#openCalls > 0);
  }

  #answerOf(response: ServerResponse): void {
    this.#unanswered.add(response);
    if (this.#draining) announceClose(response);
    response.once("close", () => {
      this.#unanswered.delete(response);
      if (!this.#draining) return;
      this.#noteAnswered();
      setImmediate(() => this.server.closeIdleConnections());
    });
  }

  #noteAnswered(): void {
    if (this.#openCalls === 0) this.#events.emit("answered");
  }
}

/** HTTP/2 says it with GOAWAY. */
function announceClose(response: ServerResponse): void {
  if (!response.headersSent) response.setHeader("connection", "close");
}

/** Waits for the first of some events, `ms` milliseconds at most. */
async function within(ms: number, events: readonly Promise<unknown>[]): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  await Promise.race([late, ...events]);
  clearTimeout(timer);
}
