/**
 * What describes one connection or one message and not the call, RFC 9110 7.6.1, and the context of a call, which every
 * transport of ours sends on its own.
 */
const ofOneHop: ReadonlySet<string> = new Set([
  "accept",
  "accept-encoding",
  "connection",
  "content-encoding",
  "content-length",
  "content-type",
  "date",
  "host",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "user-agent",
  "traceparent",
  "tracestate",
  "x-grpc-web",
  "x-request-id",
  "x-user-agent",
]);

/** Headers or trailers that go on to the next hop: not those of the protocols, `grpc-…`, `connect-…` and `:…`. */
export function withoutHop(headers: Headers): Headers {
  const kept = new Headers();
  for (const [name, value] of headers) {
    if (!ofOneHop.has(name) && !/^(grpc-|connect-|:)/.test(name)) kept.append(name, value);
  }
  return kept;
}
