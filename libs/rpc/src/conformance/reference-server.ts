import { createSecureServer, createServer, type Http2ServerRequest, type Http2ServerResponse } from "node:http2";
import { compressionGzip, connectNodeAdapter } from "@connectrpc/connect-node";
import { listen } from "../server/listen.ts";
import { ScriptedService } from "./gen/conformance/v1/conformance_pb.ts";
import { scriptedService, unobeyedTimeout } from "./scripted-service.ts";

export interface ReferenceServer extends AsyncDisposable {
  readonly address: string;
  /** What was wrong with the requests, by the checks of the suite's reference server. */
  readonly complaints: readonly string[];
}

export interface ReferenceServerOptions {
  /** Of the responses. Default: none. */
  readonly compression?: "gzip";
  /** Default: cleartext. */
  readonly tls?: {
    readonly key: string;
    readonly cert: string;
    /** What the certificates of callers are to be signed by. Default: they are asked for none. */
    readonly callers?: string;
  };
}

/**
 * connect-node's adapter on node:http2. As the suite's, it does not obey timeouts: callers are to keep to them on their own.
 */
export async function openReferenceServer({ compression, tls }: ReferenceServerOptions): Promise<ReferenceServer> {
  const complaints: string[] = [];
  const answer = connectNodeAdapter({
    routes: (router) => router.service(ScriptedService, scriptedService),
    acceptCompression: compression === "gzip" ? [compressionGzip] : [],
    compressMinBytes: 0,
  });
  const onRequest = (request: Http2ServerRequest, response: Http2ServerResponse): void => {
    complaints.push(...complaintsOf(request));
    takeTimeout(request);
    answer(request, response);
  };
  const { callers, ...identity } = tls ?? {};
  const asked = callers !== undefined && { ca: callers, requestCert: true, rejectUnauthorized: true };
  const server = tls === undefined ? createServer(onRequest) : createSecureServer({ ...identity, ...asked }, onRequest);
  const sessions = new Set<{ destroy(): void }>();
  server.on("session", (session) => sessions.add(session));
  const { address } = await listen(server, { host: "127.0.0.1", port: 0, variable: "PORT" });
  return {
    address,
    complaints,
    async [Symbol.asyncDispose]() {
      for (const session of sessions) session.destroy();
      await server[Symbol.asyncDispose]();
    },
  };
}

const unitMs = new Map([
  ["H", 3_600_000],
  ["M", 60_000],
  ["S", 1000],
  ["m", 1],
  ["u", 0.001],
  ["n", 0.000001],
]);

function takeTimeout({ headers }: Http2ServerRequest): void {
  const { "grpc-timeout": grpc, "connect-timeout-ms": connect } = headers;
  const amount = parseInt(String(grpc), 10) * (unitMs.get(String(grpc).slice(-1)) ?? NaN);
  const timeoutMs = grpc === undefined ? connect : String(amount);
  delete headers["grpc-timeout"];
  delete headers["connect-timeout-ms"];
  if (timeoutMs !== undefined) headers[unobeyedTimeout] = timeoutMs;
}

function complaintsOf({ headers, method, url }: Http2ServerRequest): string[] {
  const rules = rulesOf(headers["content-type"] ?? "");
  if (rules === undefined) return [`${url}: content-type ${headers["content-type"]}`];
  const broken = Object.entries(rules).filter(([name, rule]) => !rule.test(String(headers[name] ?? "")));
  return [
    ...(method === "POST" ? [] : [`${url}: method ${method}`]),
    ...broken.map(([name]) => `${url}: ${name} ${String(headers[name])}`),
  ];
}

const uncompressed = /^(identity)?$/;

/** What the headers are to be, the empty text standing for one that is not there. */
function rulesOf(contentType: string): Readonly<Record<string, RegExp>> | undefined {
  const connect = { "connect-timeout-ms": /^\d{0,10}$/, "connect-protocol-version": /^1$/ };
  switch (contentType) {
    case "application/grpc":
    case "application/grpc+proto":
      return { te: /^trailers$/, "grpc-timeout": /^(\d{1,8}[HMSmun])?$/, "grpc-encoding": uncompressed };
    case "application/proto":
      return { ...connect, "content-encoding": uncompressed };
    case "application/connect+proto":
      return { ...connect, "connect-content-encoding": uncompressed };
    default:
      return undefined;
  }
}
