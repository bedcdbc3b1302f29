import { once } from "node:events";
import { request as requestHttp1, type IncomingHttpHeaders, type IncomingMessage } from "node:http";
import { connect } from "node:http2";
import { buffer } from "node:stream/consumers";
import type { RawBody, RequestCase } from "./conformance-case.ts";

export interface RawResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly trailers: IncomingHttpHeaders;
}

/** A server that does not answer fails the call after this time, in milliseconds. */
const patienceMs = 10_000;

/** Sends the request as it is, by node:http or node:http2, and reads the answer whole. */
export function callRaw(url: string, version: "HTTP/1.1" | "HTTP/2", request: RequestCase): Promise<RawResponse> {
  return version === "HTTP/2" ? callHttp2(url, request) : callHttp1(url, request);
}

async function callHttp2(url: string, { method, path, headers, body }: RequestCase): Promise<RawResponse> {
  const session = connect(url);
  session.setTimeout(patienceMs, () => session.destroy(new Error(`no answer in ${patienceMs} ms`)));
  try {
    const call = session.request({ ":method": method, ":path": path, ...headers }, { endStream: false });
    let trailers: IncomingHttpHeaders = {};
    call.on("trailers", (fields: IncomingHttpHeaders) => (trailers = fields));
    call.end(octetsOf(body));
    const [fields]: (IncomingHttpHeaders & { readonly ":status"?: number })[] = await once(call, "response");
    return { status: fields?.[":status"] ?? 0, headers: fields ?? {}, body: await buffer(call), trailers };
  } finally {
    session.destroy();
  }
}

async function callHttp1(url: string, { method, path, headers, body }: RequestCase): Promise<RawResponse> {
  const call = requestHttp1(new URL(path, url), { method, headers, agent: false, timeout: patienceMs });
  call.once("timeout", () => call.destroy(new Error(`no answer in ${patienceMs} ms`)));
  call.end(octetsOf(body));
  const [response]: IncomingMessage[] = await once(call, "response");
  if (response === undefined) throw new Error("expected a response");
  const octets = await buffer(response);
  return { status: response.statusCode ?? 0, headers: response.headers, body: octets, trailers: response.trailers };
}

/** The pieces of a body: each envelope is one. */
export function piecesOf(body: RawBody | undefined): Buffer[] {
  if (body === undefined) return [];
  if (typeof body === "string" || body instanceof Uint8Array) return [Buffer.from(body)];
  return body.map(({ flags = 0, content }) => {
    const octets = Buffer.from(content);
    const head = Buffer.from([flags, 0, 0, 0, 0]);
    head.writeUInt32BE(octets.length, 1);
    return Buffer.concat([head, octets]);
  });
}

function octetsOf(body: RawBody | undefined): Buffer {
  return Buffer.concat(piecesOf(body));
}
