import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { createGunzip } from "node:zlib";
import { loadSync } from "@grpc/proto-loader";
import { z } from "zod";

/** One span, as a collector was told of it. */
export interface CollectedSpan {
  /** The service that has recorded it. */
  readonly service: string;
  readonly traceId: string;
  readonly spanId: string;
  /** Empty for the first span of a trace. */
  readonly parentSpanId: string;
  readonly name: string;
  readonly kind: "internal" | "server" | "client" | "other";
  readonly attributes: Readonly<Record<string, string>>;
}

/** A collector that takes traces by OTLP over HTTP, in protobuf, as any collector does. */
export interface Collector extends AsyncDisposable {
  /** For `OTEL_EXPORTER_OTLP_ENDPOINT`. */
  readonly endpoint: string;
  /** All that it was sent so far. */
  readonly spans: readonly CollectedSpan[];
}

export async function startCollector(): Promise<Collector> {
  const spans: CollectedSpan[] = [];
  const server = createServer((request, response) => {
    take(request)
      .then((taken) => spans.push(...taken))
      .then(() => response.writeHead(200, { "content-type": "application/x-protobuf" }).end())
      .catch((error: unknown) => response.writeHead(400).end(String(error)));
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("expected a TCP port");
  return {
    endpoint: `http://127.0.0.1:${address.port}`,
    spans,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await server[Symbol.asyncDispose]();
    },
  };
}

async function take(request: IncomingMessage): Promise<CollectedSpan[]> {
  if (request.method !== "POST" || request.url !== "/v1/traces") throw new Error(`no ${request.method} ${request.url}`);
  if (request.headers["content-type"] !== "application/x-protobuf") throw new Error("expected protobuf");
  const body = request.headers["content-encoding"] === "gzip" ? request.pipe(createGunzip()) : request;
  return spansIn(exportRequest.parse(deserialize(await buffer(body))));
}

function deserialize(bytes: Buffer): object {
  const path = join(import.meta.dirname, "trace.proto");
  const service = loadSync(path, { longs: String, bytes: String, defaults: true })["otlp.TraceService"];
  if (service === undefined || "format" in service) throw new Error("trace.proto has no service");
  const method = service["Export"];
  if (method === undefined) throw new Error("trace.proto has no method Export");
  return method.requestDeserialize(bytes);
}

const hex = z.string().transform((base64) => Buffer.from(base64, "base64").toString("hex"));

const attributes = z
  .array(z.object({ key: z.string(), value: z.record(z.string(), z.unknown()) }))
  .transform((pairs) => Object.fromEntries(pairs.map(({ key, value }) => [key, String(Object.values(value)[0])])));

const kinds = ["other", "internal", "server", "client"] as const;

const span = z.object({
  traceId: hex,
  spanId: hex,
  parentSpanId: hex,
  name: z.string(),
  kind: z.int().transform((kind) => kinds[kind] ?? "other"),
  attributes,
});

const exportRequest = z.object({
  resourceSpans: z.array(
    z.object({ resource: z.object({ attributes }), scopeSpans: z.array(z.object({ spans: z.array(span) })) }),
  ),
});

function spansIn({ resourceSpans }: z.output<typeof exportRequest>): CollectedSpan[] {
  return resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ spans }) =>
      spans.map((each) => ({ ...each, service: resource.attributes["service.name"] ?? "" })),
    ),
  );
}
