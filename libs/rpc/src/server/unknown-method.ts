import { Code } from "@connectrpc/connect";

/** Whether a caller that sends this content type speaks gRPC or gRPC-Web. */
export function isGrpc(contentType: string): boolean {
  return /^application\/grpc(-web)?(-text)?(\+|;|$)/i.test(contentType);
}

/**
 * The headers for a gRPC caller of a method that nobody handles: "Trailers-Only", with HTTP status 200 and grpc-status
 * among the headers.
 *
 * @see https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md#responses
 */
export function unimplementedHeaders(contentType: string, path: string) {
  return {
    "content-type": contentType,
    "grpc-status": String(Code.Unimplemented),
    "grpc-message": encodeURIComponent(`${path} is not a method of this server`),
  };
}

export const textType = "text/plain; charset=utf-8";
