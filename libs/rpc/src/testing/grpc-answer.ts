import type { OutgoingHttpHeaders, ServerHttp2Stream } from "node:http2";

/** How an answer of gRPC begins, and how a good one ends. */
export const grpcHead: OutgoingHttpHeaders = { ":status": 200, "content-type": "application/grpc+proto" };
export const okTrailers: OutgoingHttpHeaders = { "grpc-status": "0" };

/** A message in its envelope. @param flags 1 when it is compressed */
export function enveloped(message: Uint8Array, flags = 0): Buffer {
  const head = Buffer.from([flags, 0, 0, 0, 0]);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}

/** Answers each call with these fields, these pieces of a body and these trailers, whatever that makes of it. */
export function answerWith(
  header: OutgoingHttpHeaders,
  pieces: readonly Buffer[] = [],
  trailers?: OutgoingHttpHeaders,
): (call: ServerHttp2Stream) => void {
  return (call) => {
    if (pieces.length === 0 && trailers === undefined) return call.respond(header, { endStream: true });
    call.respond(header, { waitForTrailers: trailers !== undefined });
    if (trailers !== undefined) call.on("wantTrailers", () => call.sendTrailers(trailers));
    writePieces(call, pieces);
  };
}

/** Each in a frame of its own. */
function writePieces(call: ServerHttp2Stream, [first, ...others]: readonly Buffer[]): void {
  if (first === undefined) call.end();
  else call.write(first, () => writePieces(call, others));
}
