import { Code, ConnectError } from "@connectrpc/connect";
import { headerTimeout, requestHeaderWithCompression } from "@connectrpc/connect/protocol-grpc";
import { FieldHeaders } from "../../wire/field-headers.ts";
import { checkTrailers, noMessage, openingOf } from "./grpc-response.ts";
import { askedCompressions } from "./known-method.ts";
import { UnaryMessage, envelope } from "./unary-message.ts";
import type { UnaryProtocol } from "./unary-protocol.ts";

/** @see https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md */
export function grpcProtocol(acceptCompression: boolean): UnaryProtocol {
  const asked = askedCompressions(acceptCompression);
  return { ...grpc, header: Array.from(requestHeaderWithCompression(true, undefined, undefined, asked, null)).flat() };
}

const grpc: Omit<UnaryProtocol, "header"> = {
  timeoutField: headerTimeout.toLowerCase(),
  timeoutText,
  encode: envelope,
  open: (head) => openingOf(head).compression,
  body: (maxBytes) => new UnaryMessage(maxBytes),
  answer({ head, bytes, trailers, parse }) {
    const message = bytes && parse(bytes);
    checkTrailers(trailers, head);
    if (message === undefined) throw noMessage(trailers, head);
    if (openingOf(head).hasError) {
      throw new ConnectError(
        "protocol error: received output message for unary method with error status",
        Code.Unknown,
      );
    }
    return { header: new FieldHeaders(head.fields), message, trailer: new FieldHeaders(trailers) };
  },
};

/** The largest number of gRPC's `grpc-timeout`: "positive integer as ASCII string of at most 8 digits". */
const largestCount = 99_999_999;

/** @see https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md#requests */
export function timeoutText(timeoutMs: number): string {
  const ms = Math.ceil(timeoutMs);
  return ms <= largestCount ? `${ms}m` : `${Math.min(largestCount, Math.ceil(ms / 1000))}S`;
}
