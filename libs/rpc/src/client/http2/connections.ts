import {
  ClientConnection,
  ConnectionError,
  type ClientStream,
  type RequestParts,
  type ResponseListener,
} from "@banyan/http2";
import type { Socket } from "node:net";
import { connectWithin, targetOf, type Target } from "../dial.ts";
import { defaultConnection, type ConnectionOptions, type TlsOptions } from "../transport-options.ts";
import { Backoff } from "./backoff.ts";

/** A request that wants a stream, and is told what happens on it. */
export interface PendingRequest extends ResponseListener {
  /** Asked for when a stream can be had. */
  readonly parts: RequestParts;
  /** The stream is open: what follows the fields is to be written now. */
  onOpen(stream: ClientStream): void;
  /** It was not sent, and will not be. */
  onUnsent(error: Error): void;
}

interface Link {
  readonly connection: ClientConnection;
  readonly socket: Socket;
  /** The peer has sent its SETTINGS: it speaks HTTP/2, and has said how many streams it allows. */
  isReady: boolean;
}

/** Streams beyond a connection's limit get further connections, up to so many; then they wait. */
const mostConnections = 8;

/**
 * The HTTP/2 connections to one address: one, as long as the peer allows enough streams on it. Opened by the first request,
 * opened again when it is gone, with growing pauses while it cannot be opened; without requests they do not keep the process
 * alive.
 */
export class Connections {
  /** As in `http://10.0.0.7:50051`. */
  readonly origin: string;
  readonly #address: string;
  readonly #target: Target;
  readonly #options: Required<ConnectionOptions>;
  readonly #backoff = new Backoff();
  readonly #closing = Promise.withResolvers<void>();
  #links: readonly Link[] = [];
  readonly #waiting = new Set<PendingRequest>();
  #state: "open" | "retired" | "closed" = "open";
  #isBusy = false;

  /**
   * @throws {TypeError} when the address is not `host:port`, or an option of TLS is not what it is to be
   * @throws {RangeError} naming an option that is out of bounds
   */
  constructor(address: string, { tls, ...options }: ConnectionOptions & TlsOptions) {
    const { connectTimeoutMs, pingIntervalMs, pingTimeoutMs, idleTimeoutMs } = { ...defaultConnection, ...options };
    this.#target = targetOf(address, tls);
    this.origin = this.#target.url.origin;
    this.#address = address;
    this.#options = { connectTimeoutMs, pingIntervalMs, pingTimeoutMs, idleTimeoutMs };
    for (const [name, ms] of Object.entries(this.#options)) checkTime(name, ms);
  }

  /** Opens a stream for the request: now, or when there is room for it. */
  request(request: PendingRequest): void {
    const link = this.#pick();
    if (link !== undefined && this.#state === "open") return this.#send(link, request);
    const why = this.#whyNot();
    if (why !== undefined) return request.onUnsent(why);
    this.#waiting.add(request);
    this.#noteBusy(true);
    this.#openIfWanted();
  }

  /** Gives up a request that waits for a stream. */
  withdraw(request: PendingRequest): void {
    if (this.#waiting.delete(request)) this.#settle();
  }

  /** Takes no more requests, and resolves when those under way have ended and the connections are closed. */
  async retire(): Promise<void> {
    if (this.#state === "open") this.#state = "retired";
    this.#settle();
    await this.#closing.promise;
  }

  /** Closes at once, requests under way included. */
  close(): void {
    if (this.#state === "closed") return;
    this.#state = "closed";
    const error = new Error(`the transport to ${this.#address} was closed`);
    for (const { connection } of this.#links) connection.destroy(error);
    this.#refuseWaiting(error);
    this.#closing.resolve();
  }

  #whyNot(): Error | undefined {
    if (this.#state !== "open") return new Error(`the transport to ${this.#address} is closed`);
    return this.#hasUsable() ? undefined : this.#backoff.reason(performance.now());
  }

  /** Whether there is a connection that takes up requests, or will. */
  #hasUsable(): boolean {
    return this.#links.some(({ connection }) => !connection.isRetired);
  }

  #pick(): Link | undefined {
    for (const link of this.#links) if (link.isReady && link.connection.canRequest) return link;
    return undefined;
  }

  #send({ connection }: Link, request: PendingRequest): void {
    const stream = connection.request(request.parts, request);
    if (stream === undefined) return request.onUnsent(new Error("the connection takes no more requests"));
    this.#noteBusy(true);
    request.onOpen(stream);
  }

  /** Opens a connection for requests that wait, one at a time. */
  #openIfWanted(): void {
    if (this.#waiting.size === 0 || this.#state === "closed") return;
    const usable = this.#links.filter(({ connection }) => !connection.isRetired);
    if (usable.length >= mostConnections || usable.some(({ isReady }) => !isReady)) return;
    if (this.#backoff.reason(performance.now()) === undefined) this.#open();
  }

  #open(): void {
    const { connectTimeoutMs, pingIntervalMs, pingTimeoutMs, idleTimeoutMs } = this.#options;
    const socket = connectWithin(this.#target, connectTimeoutMs);
    const connection = new ClientConnection(socket, {
      keepaliveMs: pingIntervalMs,
      keepaliveTimeoutMs: pingTimeoutMs,
      handshakeTimeoutMs: connectTimeoutMs + pingTimeoutMs,
      idleTimeoutMs,
      onChange: () => this.#changed(link),
      onClosed: (error) => this.#closed(link, error),
    });
    const link: Link = { connection, socket, isReady: false };
    this.#links = [...this.#links, link];
  }

  #changed(link: Link): void {
    if (!link.isReady && !link.connection.isRetired) {
      link.isReady = true;
      this.#backoff.succeeded();
    }
    this.#settle();
  }

  #closed(link: Link, error: Error | undefined): void {
    this.#links = this.#links.filter((other) => other !== link);
    if (!link.isReady) {
      const why =
        error instanceof ConnectionError ? notHttp2(error) : (error ?? new Error("the connection was closed"));
      this.#backoff.failed(why, performance.now());
      if (!this.#hasUsable()) this.#refuseWaiting(why);
    }
    this.#settle();
  }

  /** Sends what waits, where there is room now; and notes whether anything is under way. */
  #settle(): void {
    if (this.#waiting.size > 0) this.#sendWaiting();
    const isBusy = this.#waiting.size > 0 || this.#hasStreams();
    this.#noteBusy(isBusy);
    if (isBusy || this.#state === "open") return;
    for (const { connection, isReady } of this.#links) {
      if (isReady) connection.shutdown();
      else connection.destroy();
    }
    if (this.#links.length === 0) this.#closing.resolve();
  }

  #hasStreams(): boolean {
    for (const { connection } of this.#links) if (connection.openStreams > 0) return true;
    return false;
  }

  #sendWaiting(): void {
    for (const request of this.#waiting) {
      const link = this.#pick();
      if (link === undefined) break;
      this.#waiting.delete(request);
      this.#send(link, request);
    }
    this.#openIfWanted();
  }

  #refuseWaiting(error: Error): void {
    const refused = Array.from(this.#waiting);
    this.#waiting.clear();
    for (const request of refused) request.onUnsent(error);
  }

  /** Sockets keep the process alive while requests are under way. */
  #noteBusy(isBusy: boolean): void {
    if (isBusy === this.#isBusy) return;
    this.#isBusy = isBusy;
    for (const { socket } of this.#links) {
      if (isBusy) socket.ref();
      else socket.unref();
    }
  }
}

const longestMs = 86_400_000;

function checkTime(name: string, ms: number): void {
  if (Number.isInteger(ms) && ms >= 1 && ms <= longestMs) return;
  throw new RangeError(`${name}: expected an integer in [1, ${longestMs}], got ${ms}`);
}

/** What a peer says that breaks the rules before it has said hello is no HTTP/2. */
function notHttp2(error: ConnectionError): Error {
  return new Error(`it does not speak HTTP/2 (${error.message})`, { cause: error });
}
