import type { ClientHttp2Stream } from "node:http2";
import type { Socket } from "node:net";
import { Code, ConnectError } from "@connectrpc/connect";
import { Http2SessionManager, type GrpcTransportOptions } from "@connectrpc/connect-node";
import { connectWithin, isOpening, targetOf } from "../dial.ts";
import { defaultConnection, type ConnectionOptions, type TlsOptions } from "../transport-options.ts";
import { currentAttempt, observeStream } from "./attempt.ts";

/** What a session may keep in memory, in megabytes. Node's default, 10, fails calls once so much waits to be sent. */
const maxSessionMemory = 1024;

/** The part of the ping interval within which further bytes read make no difference: each would cost a timer. */
const sameInterval = 0.01;

type SessionManager = NonNullable<GrpcTransportOptions["sessionManager"]>;

/**
 * The HTTP/2 connection to one address: opened by the first call, opened again when it is gone, kept alive by pings. It
 * notes on each attempt what the connection did to it.
 */
export class Http2Connection implements SessionManager {
  readonly authority: string;
  readonly #address: string;
  readonly #pingIntervalMs: number;
  readonly #sessions: Http2SessionManager;
  readonly #closing = Promise.withResolvers<void>();
  #socket: Socket | undefined;
  #state: "open" | "retired" | "closed" = "open";
  #calls = 0;
  /** Until then, by `performance.now()`, it is known that the connection is alive. */
  #aliveUntil = 0;

  /** @param address `host:port`, an IPv6 host in brackets */
  constructor(address: string, options: ConnectionOptions & TlsOptions) {
    const { connectTimeoutMs, pingIntervalMs, pingTimeoutMs, idleTimeoutMs } = { ...defaultConnection, ...options };
    const target = targetOf(address, options.tls);
    this.#address = address;
    this.#pingIntervalMs = pingIntervalMs;
    this.#sessions = new Http2SessionManager(
      target.url.origin,
      { pingIntervalMs, pingTimeoutMs, idleConnectionTimeoutMs: idleTimeoutMs },
      { maxSessionMemory, createConnection: () => (this.#socket = connectWithin(target, connectTimeoutMs)) },
    );
    this.authority = this.#sessions.authority;
  }

  async request(
    ...[method, path, headers, options]: Parameters<SessionManager["request"]>
  ): Promise<ClientHttp2Stream> {
    const attempt = currentAttempt() ?? { fate: "pending" };
    if (this.#state !== "open") {
      attempt.fate = "not processed";
      throw new ConnectError(`the transport to ${this.#address} is closed`, Code.Unavailable);
    }
    this.#calls++;
    try {
      const stream = await this.#sessions.request(method, path, headers, options);
      observeStream(stream, attempt, () => this.#callEnded());
      return stream;
    } catch (error) {
      this.#callEnded();
      // What the session manager itself throws is about the connection; other errors are about the request.
      if (error instanceof ConnectError) attempt.fate = "not processed";
      throw error;
    }
  }

  notifyResponseByteRead(stream: ClientHttp2Stream): void {
    const now = performance.now();
    if (now < this.#aliveUntil) return;
    this.#aliveUntil = now + this.#pingIntervalMs * sameInterval;
    this.#sessions.notifyResponseByteRead(stream);
  }

  /** Takes no more calls, and resolves when those under way have ended and the connection is closed. */
  async retire(): Promise<void> {
    if (this.#state === "open") this.#state = "retired";
    if (this.#calls === 0) this.close();
    await this.#closing.promise;
  }

  /** Closes at once, calls under way included. */
  close(): void {
    if (this.#state === "closed") return;
    this.#state = "closed";
    this.#sessions.abort(new ConnectError(`the transport to ${this.#address} was closed`, Code.Canceled));
    // A session that is destroyed while it connects leaves its socket to go on trying.
    if (this.#socket !== undefined && isOpening(this.#socket)) this.#socket.destroy();
    this.#closing.resolve();
  }

  #callEnded(): void {
    this.#calls--;
    if (this.#calls === 0 && this.#state === "retired") this.close();
  }
}
