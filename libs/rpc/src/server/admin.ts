import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { Logger } from "@banyan/telemetry";
import type { Readiness } from "./readiness.ts";

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

export interface AdminOptions {
  readonly readiness: Readiness;
  /** What `/readyz` shows under `details`, as JSON; absent when it shows nothing. */
  readonly details?: (() => string) | undefined;
  /** The body of `/metrics`, in Prometheus' text format. */
  readonly metrics: () => Promise<string>;
  readonly log: Logger;
}

/**
 * The private HTTP/1.1 server for probes and scrapes: `/healthz` is 200 while the process turns, `/readyz` is 200 or a 503
 * that says what is missing and since when, `/metrics` is for Prometheus.
 */
export function createAdminServer(options: AdminOptions): Server {
  const server = createServer({ headersTimeout: 5000, requestTimeout: 5000 });
  server.maxConnections = 100;
  return server.on("request", (request, response) => {
    answer(request, options)
      .catch((error: unknown): Answer => {
        options.log.error({ error, path: request.url }, "the admin port could not answer");
        return text(500, "internal error");
      })
      .then(({ status, type, body }) =>
        response
          .writeHead(status, { "content-type": type, "cache-control": "no-store" })
          .end(request.method === "HEAD" ? undefined : body),
      )
      .catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined));
  });
}

/** Closes a server together with its connections. */
export async function closeAtOnce(server: Server): Promise<void> {
  if (!server.listening) return;
  const closed = once(server, "close");
  server.close();
  server.closeAllConnections();
  await closed;
}

async function answer(
  { url, method }: IncomingMessage,
  { readiness, details, metrics }: AdminOptions,
): Promise<Answer> {
  const path = url?.split("?", 1)[0];
  if (path !== "/metrics" && path !== "/healthz" && path !== "/readyz") return text(404, "not found");
  if (method !== "GET" && method !== "HEAD") return text(405, "only GET and HEAD");
  switch (path) {
    case "/healthz":
      return text(200, "ok");
    case "/readyz": {
      const lacks = readiness.lacks();
      const shown = details === undefined ? "" : `,"details":${details()}`;
      const body = `{"ready":${lacks.length === 0},"lacks":${JSON.stringify(lacks)}${shown}}`;
      return { status: lacks.length === 0 ? 200 : 503, type: "application/json", body: `${body}\n` };
    }
    case "/metrics":
      return { status: 200, type: "text/plain; version=0.0.4; charset=utf-8", body: await metrics() };
    default:
      return path satisfies never;
  }
}

function text(status: number, line: string): Answer {
  return { status, type: "text/plain; charset=utf-8", body: `${line}\n` };
}
