import { EventEmitter, once } from "node:events";
import { createServer as createHttp1Server, ServerResponse, type Server as Http1Server } from "node:http";
import { createServer as createHttp2Server, type Http2Server, type ServerHttp2Session } from "node:http2";
import type { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { Limits } from "./limits.ts";
import { switchProtocols } from "./protocol-switch.ts";
import type { NodeRequest, NodeResponse, RequestListener } from "./request-listener.ts";

/** How long connections may take to close, or to begin one last call, once all calls have been answered. */
const partingMs = 500;

/** The one cleartext port for callers, HTTP/1.1 and HTTP/2 alike. */
export class CallerPort {
  /** The server to let listen. */
  readonly server: Http1Server;
  readonly #http2: Http2Server;
  readonly #sockets = new Set<Socket>();
  readonly #sessions = new Set<ServerHttp2Session>();
  readonly #unanswered = new Set<NodeResponse>();
  readonly #events = new EventEmitter<{ answered: [] }>();
  #draining = false;

  constructor(listener: RequestListener, limits: Limits) {
    this.server = createHttp1Server({
      maxHeaderSize: limits.maxHeaderBytes,
      headersTimeout: limits.headersTimeoutMs,
      requestTimeout: limits.requestTimeoutMs,
      keepAliveTimeout: limits.keepAliveTimeoutMs,
      connectionsCheckingInterval: Math.min(1000, limits.headersTimeoutMs / 2),
      // TCP keepalive: what finds a caller that has gone without a word.
      keepAlive: true,
      keepAliveInitialDelay: 30_000,
      noDelay: true,
    });
    this.#http2 = createHttp2Server({
      maxSessionMemory: limits.maxConnectionMegabytes,
      streamResetRate: limits.maxResetsPerSecond,
      streamResetBurst: 10 * limits.maxResetsPerSecond,
      settings: { maxConcurrentStreams: limits.maxConcurrentStreams, maxHeaderListSize: limits.maxHeaderBytes },
    });
    switchProtocols(this.server, this.#http2, { undecidedTimeoutMs: limits.headersTimeoutMs });
    this.server.on("connection", (socket: Socket) => track(this.#sockets, socket));
    this.#http2.on("session", (session) => {
      track(this.#sessions, session);
      if (this.#draining) session.close();
      else limitAge(session, limits.maxConnectionAgeMs * (0.9 + Math.random() / 5));
    });
    const take = (request: NodeRequest, response: NodeResponse): void => {
      this.#answerOf(response);
      listener(request, response);
    };
    this.server.on("request", take);
    this.#http2.on("request", take);
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
    for (const session of this.#sessions) session.close();
    for (const response of this.#unanswered) announceClose(response);

    await within(timeoutMs, [closed, this.#parted()]);
    const cutOff = this.#unanswered.size;
    for (const socket of this.#sockets) socket.destroy();
    await closed;
    return cutOff;
  }

  /** Resolves when every call was answered, and no connection has begun another one for `partingMs`. */
  async #parted(): Promise<void> {
    do {
      if (this.#unanswered.size > 0) await once(this.#events, "answered");
      await sleep(partingMs, undefined, { ref: false });
    } while (this.#unanswered.size > 0);
  }

  #answerOf(response: NodeResponse): void {
    this.#unanswered.add(response);
    if (this.#draining) announceClose(response);
    response.once("close", () => {
      this.#unanswered.delete(response);
      if (!this.#draining) return;
      if (this.#unanswered.size === 0) this.#events.emit("answered");
      setImmediate(() => this.server.closeIdleConnections());
    });
  }
}

/** `node:http2` can send the one GOAWAY of its `close()` only: a call that crosses it is not answered, and made again. */
function limitAge(session: ServerHttp2Session, ageMs: number): void {
  const timer = setTimeout(() => session.close(), ageMs).unref();
  session.once("close", () => clearTimeout(timer));
}

/** HTTP/2 says it with GOAWAY. */
function announceClose(response: NodeResponse): void {
  if (response instanceof ServerResponse && !response.headersSent) response.setHeader("connection", "close");
}

function track<T extends { once(event: "close", listener: () => void): unknown }>(set: Set<T>, item: T): void {
  set.add(item);
  item.once("close", () => set.delete(item));
}

/** Waits for the first of some events, `ms` milliseconds at most. */
async function within(ms: number, events: readonly Promise<unknown>[]): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  await Promise.race([late, ...events]);
  clearTimeout(timer);
}
