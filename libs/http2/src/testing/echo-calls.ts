import type { ClientConnection } from "../client-connection.ts";
import type { StreamEnd } from "../connection/stream.ts";
import { ErrorCode } from "../frames/frame.ts";
import type { HeaderList } from "../hpack/header-list.ts";
import type { ServerStream } from "../server-connection.ts";
import type { StreamListener } from "../connection/stream.ts";

/** What stands before an echo, as the envelope of a message does. */
export const envelopeBytes = 5;

/** The status of every answer: a list that is the same, and what differs. */
export const echoStatus: HeaderList = ["grpc-status", "0"];

/**
 * Echoes, as the unary calls of gRPC are: the request is collected, then fields, a few octets, the body and the trailers go
 * out at once. Every so often the fields differ from those before, as a date does; and a request may be broken off.
 *
 * @param breaksOff every which request; 0 for none
 */
export function echoCalls(breaksOff: number): (stream: ServerStream) => StreamListener {
  let answered = 0;
  let fields: HeaderList = [];
  const answer = (stream: ServerStream, body: Buffer): void => {
    if (answered++ % 7 === 0) fields = [":status", "200", "x-turn", String(answered)];
    if (breaksOff > 0 && answered % breaksOff === 0) return stream.reset(ErrorCode.CANCEL, "every so often");
    stream.sendHeaders(fields, answered % 3 === 0 ? ["x-passing", String(answered)] : undefined);
    stream.write(Buffer.alloc(envelopeBytes));
    stream.write(body);
    stream.sendTrailers(echoStatus, answered % 5 === 0 ? ["x-bytes", String(body.length)] : undefined);
  };
  return (stream) => {
    const parts: Buffer[] = [];
    return {
      onData(bytes, start, end, isLast) {
        parts.push(bytes.subarray(start, end));
        stream.consumed(end - start);
        // Answers come in another turn, and in another order than the requests.
        if (isLast) setTimeout(() => answer(stream, Buffer.concat(parts)), answered % 3);
      },
      onTrailers() {},
      onDrain() {},
      onClosed() {},
    };
  };
}

export interface EchoCall {
  readonly body: Buffer;
  /** After how many octets of the answer it is broken off; undefined for never. */
  readonly cancelAfter?: number | undefined;
}

/** What came of a call: its answer, or how its stream ended instead. */
export interface EchoOutcome {
  readonly end: StreamEnd | { readonly tag: "not taken" };
  readonly status: number | undefined;
  readonly body: Buffer;
  readonly trailers: HeaderList | undefined;
}

const fields: HeaderList = [":method", "POST", ":scheme", "http", ":path", "/echo", ":authority", "localhost"];

/** Calls, and resolves when the stream has ended. */
export function callEcho(client: ClientConnection, { body, cancelAfter = Infinity }: EchoCall): Promise<EchoOutcome> {
  return new Promise((resolve) => {
    const parts: Buffer[] = [];
    let received = 0;
    let status: number | undefined;
    let trailers: HeaderList | undefined;
    const stream = client.request(
      { fields },
      {
        onResponse: (head) => (status = head.status),
        onData(bytes, start, end) {
          parts.push(Buffer.from(bytes.subarray(start, end)));
          received += end - start;
          stream?.consumed(end - start);
          if (received >= cancelAfter) stream?.reset(ErrorCode.CANCEL, "enough");
        },
        onTrailers: (list) => (trailers = list),
        onDrain() {},
        onClosed: (end) => resolve({ end, status, body: Buffer.concat(parts), trailers }),
      },
    );
    if (stream === undefined) {
      resolve({ end: { tag: "not taken" }, status, body: Buffer.alloc(0), trailers });
      return;
    }
    stream.write(body, true);
    if (cancelAfter === 0) stream.reset(ErrorCode.CANCEL, "at once");
  });
}
