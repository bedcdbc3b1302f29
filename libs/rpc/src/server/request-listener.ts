import { IncomingMessage } from "node:http";
import { constants, type Http2ServerRequest } from "node:http2";
import { callerAddress, type Logger } from "@banyan/telemetry";
import { ConnectError, createContextValues, type ConnectRouter } from "@connectrpc/connect";
import { universalRequestFromNodeRequest, universalResponseToNodeResponse } from "@connectrpc/connect-node";
import { insteadOfOpaque, isOpaqueAuthority } from "./authority.ts";
import { addressOf } from "./caller-address.ts";
import { isGrpc, textType, unimplementedHeaders } from "./unknown-method.ts";

type UniversalHandler = ConnectRouter["handlers"][number];
export type NodeRequest = Parameters<typeof universalRequestFromNodeRequest>[0];
export type NodeResponse = Parameters<typeof universalResponseToNodeResponse>[1];
export type RequestListener = (request: NodeRequest, response: NodeResponse) => void;

/** How long the rest of an HTTP/1.1 request is read after its answer, in milliseconds. */
const lingerMs = 2000;

/**
 * A request listener for HTTP/1.1 and HTTP/2 that answers by the handlers of a router.
 *
 * It does what `connectNodeAdapter` does, with four differences: a request whose Host or :authority is no authority is
 * answered 400, where the adapter throws and the process ends; a request that is refused half-way does not block its
 * connection; failures to answer go to the log, not to the console; a gRPC caller of an unknown method gets the status
 * UNIMPLEMENTED.
 *
 * @param onUnknown told of each gRPC call of a method that nobody handles
 */
export function createRequestListener(
  handlers: readonly UniversalHandler[],
  log: Logger,
  onUnknown?: () => void,
): RequestListener {
  const byPath = new Map(handlers.map((handler) => [handler.requestPath, handler]));
  return (request, response) => {
    const path = request.url?.split("?", 1)[0] ?? "";
    const handler = byPath.get(path);
    if (handler === undefined) {
      if (isGrpc(contentTypeOf(request))) onUnknown?.();
      return answerUnknown(request, response, path);
    }
    const universalRequest = readRequest(request, response);
    if (universalRequest === undefined) return answerText(response, 400, "the Host header is not an authority");
    const hasGone = departureOf(request);
    handler(universalRequest)
      .then((universalResponse) => universalResponseToNodeResponse(universalResponse, response))
      .catch((error: unknown) => {
        if (hasGone()) return;
        log.error({ error, path }, "a call could not be answered");
        if (response.headersSent) response.destroy();
        else answerText(response, 500, "internal error");
      });
  };
}

type UniversalRequest = ReturnType<typeof universalRequestFromNodeRequest>;

/** Undefined for a request whose URL cannot be told. */
function readRequest(request: NodeRequest, response: NodeResponse): UniversalRequest | undefined {
  try {
    replaceOpaqueAuthority(request);
    const values = createContextValues().set(callerAddress, addressOfCaller(request));
    const universalRequest = universalRequestFromNodeRequest(request, response, undefined, values);
    if (request instanceof IncomingMessage) return { ...universalRequest, body: discardableBody(request, response) };
    // Node's own listener comes before this one, and sends the trailers.
    request.stream.once("wantTrailers", () => setImmediate(abandon, request.stream));
    return universalRequest;
  } catch (error) {
    if (error instanceof TypeError || error instanceof ConnectError) return undefined;
    throw error;
  }
}

const addresses = new WeakMap<object, string>();

/** Who calls: asked once a connection. */
function addressOfCaller(request: NodeRequest): string | undefined {
  const connection = request instanceof IncomingMessage ? request.socket : request.stream.session;
  if (connection === undefined) return undefined;
  const known = addresses.get(connection);
  if (known !== undefined) return known;
  const address = addressOf("socket" in connection ? connection.socket : connection);
  if (address !== undefined) addresses.set(connection, address);
  return address;
}

function replaceOpaqueAuthority({ headers }: NodeRequest): void {
  const authority = headers[":authority"];
  if (typeof authority === "string" && isOpaqueAuthority(authority)) headers[":authority"] = insteadOfOpaque;
}

/**
 * The body of an HTTP/1.1 request. When the request is answered before it has arrived (it is too large), the rest is read
 * and thrown away for a while, then the connection is closed: a connection whose request is left unread could neither be
 * used again nor drained.
 */
function discardableBody(request: IncomingMessage, response: NodeResponse): AsyncIterable<Uint8Array> {
  const { socket } = request;
  response.once("finish", () => {
    if (request.complete) return;
    const timer = setTimeout(() => socket.destroy(), lingerMs).unref();
    request.once("close", () => clearTimeout(timer)).resume();
  });
  return { [Symbol.asyncIterator]: () => request.iterator({ destroyOnReturn: false }) };
}

/**
 * Ends the stream of an HTTP/2 request that was answered before it had arrived; it would stay open otherwise.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9113#section-8.1
 */
function abandon(stream: Http2ServerRequest["stream"]): void {
  if (!stream.readableEnded && !stream.destroyed) stream.close(constants.NGHTTP2_NO_ERROR);
}

function answerUnknown(request: NodeRequest, response: NodeResponse, path: string): void {
  const contentType = contentTypeOf(request);
  if (!isGrpc(contentType)) return answerText(response, 404, "not found");
  const headers = unimplementedHeaders(contentType, path);
  if ("stream" in response) response.stream.respond({ ":status": 200, ...headers }, { endStream: true });
  else response.writeHead(200, headers).end();
}

function contentTypeOf({ headers }: NodeRequest): string {
  return headers["content-type"] ?? "";
}

/** Tells, later on, whether there is still somebody to answer. */
function departureOf(request: NodeRequest): () => boolean {
  const connection = request instanceof IncomingMessage ? request.socket : request.stream;
  return () => connection.destroyed || connection.errored !== null;
}

function answerText(response: NodeResponse, status: number, text: string): void {
  response.writeHead(status, { "content-type": textType });
  response.end(`${text}\n`);
}
