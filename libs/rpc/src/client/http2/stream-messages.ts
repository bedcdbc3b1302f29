import type { ResponseHead } from "@banyan/http2";
import { Code, ConnectError } from "@connectrpc/connect";
import { compressedFlag, type Compression } from "@connectrpc/connect/protocol";
import { EnvelopeReader } from "./envelope-reader.ts";
import type { FieldHeaders } from "../../wire/field-headers.ts";
import { checkTrailers } from "./grpc-response.ts";
import type { StreamExchange } from "./stream-exchange.ts";
import { envelope } from "./unary-message.ts";

/** Messages in their envelopes, each when it is asked for. */
export function requestEnvelopes<T>(
  messages: AsyncIterable<T>,
  serialize: (message: T) => Uint8Array,
): AsyncIterator<Uint8Array> {
  const source = messages[Symbol.asyncIterator]();
  return {
    async next() {
      const { done, value } = await source.next();
      return done === true ? { done, value: undefined } : { done: false, value: envelope(serialize(value)) };
    },
  };
}

export interface ResponseMessagesOptions<T> {
  /** @throws {ConnectError} */
  readonly parse: (bytes: Uint8Array) => T;
  readonly compression: Compression | null;
  /** In bytes, once it is decompressed. */
  readonly maxMessageBytes: number;
  readonly head: ResponseHead;
  /** Whether the head has the status, so that trailers need not. */
  readonly hasStatus: boolean;
  /** Filled with the trailers before the messages end. */
  readonly trailer: FieldHeaders;
}

/** The messages of a response, parsed when they are asked for; in the end they fail with the status, where it is an error. */
export function responseMessages<T>(exchange: StreamExchange, options: ResponseMessagesOptions<T>): AsyncIterable<T> {
  const { parse, compression, maxMessageBytes, head, hasStatus, trailer } = options;
  const reader = new EnvelopeReader(maxMessageBytes);
  let isOver = false;

  const end = (): { done: true; value: undefined } => {
    const over = { done: true, value: undefined } as const;
    if (isOver) return over;
    isOver = true;
    if (reader.hasRest) throw new ConnectError("protocol error: incomplete envelope", Code.InvalidArgument);
    trailer.receive(exchange.trailers);
    if (!hasStatus) checkTrailers(exchange.trailers, head);
    return over;
  };

  const next = async (): Promise<IteratorResult<T, undefined>> => {
    for (;;) {
      const found = reader.next();
      if (found !== undefined) {
        const isPlain = (found.flags & compressedFlag) === 0;
        return { done: false, value: parse(isPlain ? found.message : await decompressed(found.message)) };
      }
      const piece = exchange.take();
      if (piece !== undefined) reader.add(piece);
      else if (!(await exchange.more())) return end();
    }
  };

  const decompressed = (message: Uint8Array): Promise<Uint8Array> => {
    if (compression === null) {
      throw new ConnectError("received compressed envelope, but do not know how to decompress", Code.Internal);
    }
    return compression.decompress(new Uint8Array(message), maxMessageBytes);
  };

  return { [Symbol.asyncIterator]: () => ({ next }) };
}
