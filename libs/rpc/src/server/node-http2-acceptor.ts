import { createServer, type Http2Server, type ServerHttp2Session } from "node:http2";
import type { Socket } from "node:net";
import type { Http2Acceptor } from "./http2-acceptor.ts";
import type { Limits } from "./limits.ts";
import type { RequestListener } from "./request-listener.ts";

/** HTTP/2 by node:http2, and Connect by the adapter of @connectrpc/connect-node. */
export class NodeHttp2Acceptor implements Http2Acceptor {
  readonly #http2: Http2Server;
  readonly #sessions = new Set<ServerHttp2Session>();
  #openCalls = 0;
  #isShuttingDown = false;

  constructor(listener: RequestListener, limits: Limits, onIdle: () => void) {
    this.#http2 = createServer({
      maxSessionMemory: limits.maxConnectionMegabytes,
      streamResetRate: limits.maxResetsPerSecond,
      streamResetBurst: 10 * limits.maxResetsPerSecond,
      settings: { maxConcurrentStreams: limits.maxConcurrentStreams, maxHeaderListSize: limits.maxHeaderBytes },
    });
    this.#http2.on("session", (session) => {
      this.#sessions.add(session);
      session.once("close", () => this.#sessions.delete(session));
      if (this.#isShuttingDown) session.close();
      else limitAge(session, limits.maxConnectionAgeMs * (1 + Math.random() / 10));
    });
    this.#http2.on("request", (request, response) => {
      this.#openCalls++;
      response.once("close", () => {
        this.#openCalls--;
        if (this.#openCalls === 0) onIdle();
      });
      listener(request, response);
    });
  }

  get openCalls(): number {
    return this.#openCalls;
  }

  accept(socket: Socket): void {
    this.#http2.emit("connection", socket);
  }

  shutdown(): void {
    this.#isShuttingDown = true;
    for (const session of this.#sessions) session.close();
  }
}

/** `node:http2` can send the one GOAWAY of its `close()` only: a call that crosses it is not answered, and made again. */
function limitAge(session: ServerHttp2Session, ageMs: number): void {
  const timer = setTimeout(() => session.close(), ageMs).unref();
  session.once("close", () => clearTimeout(timer));
}
