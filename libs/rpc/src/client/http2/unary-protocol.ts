import type { HeaderList, ResponseHead } from "@banyan/http2";
import type { Message } from "@bufbuild/protobuf";
import type { Compression } from "@connectrpc/connect/protocol";

/** How a protocol's requests begin. */
export interface RequestProtocol {
  /** The fields of every request, but for the deadline. */
  readonly header: HeaderList;
  /** The field that tells the deadline, in lower case. */
  readonly timeoutField: string;
  /** @param timeoutMs rounded up */
  timeoutText(timeoutMs: number): string;
}

/** What a protocol makes of a unary call; how it goes over HTTP/2 is the same for all. */
export interface UnaryProtocol extends RequestProtocol {
  /** The request's body. */
  encode(message: Uint8Array): Uint8Array;
  /**
   * Looks at how a response begins.
   *
   * @returns what it is compressed by
   * @throws {ConnectError} when it is none of this protocol
   */
  open(head: ResponseHead): Compression | null;
  /** Takes a response's body. @param maxBytes the largest message, once it is decompressed */
  body(maxBytes: number): UnaryBody;
  /** @throws {ConnectError} when the response is an error, or breaks a rule of the protocol */
  answer(response: WholeResponse): UnaryAnswer;
}

/** The body of a response, put together from the pieces in which it comes. */
export interface UnaryBody {
  /**
   * Takes a piece, which lies between `start` and `end` of `bytes` and must not change any more.
   *
   * @throws {ConnectError} when it cannot be a good one any more
   */
  add(bytes: Buffer, start: number, end: number): void;
  /**
   * The message's octets, once all pieces have come; undefined when there is none. A promise where they were compressed.
   *
   * @throws {ConnectError} when it is cut short, or compressed unexpectedly
   */
  take(compression: Compression | null): Uint8Array | Promise<Uint8Array> | undefined;
}

export interface WholeResponse {
  readonly head: ResponseHead;
  /** Undefined when there is no body. */
  readonly bytes: Uint8Array | undefined;
  readonly trailers: HeaderList;
  /** @throws {ConnectError} */
  readonly parse: (bytes: Uint8Array) => Message;
}

export interface UnaryAnswer {
  readonly header: Headers;
  readonly message: Message;
  readonly trailer: Headers;
}
