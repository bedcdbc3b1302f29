import type { Duplex } from "node:stream";
import { Connection } from "./connection/connection.ts";
import { floodCost } from "./connection/flood-guard.ts";
import type { ConnectionOptions } from "./connection/options.ts";
import { Stream, type StreamEnd, type StreamListener } from "./connection/stream.ts";
import { ConnectionError, StreamError } from "./errors.ts";
import { ErrorCode, clientPreface } from "./frames/frame.ts";
import type { DecodedBlock } from "./hpack/decoder.ts";
import type { HeaderList } from "./hpack/header-list.ts";
import { type RequestHead, readRequestHead } from "./messages/request-head.ts";

/** A response's stream; `sendHeaders`, `write` and `sendTrailers` answer it. */
export type ServerStream = Stream;

export interface ServerOptions extends Partial<ConnectionOptions> {
  /**
   * A request has come. What it gives is told of the request's body, and of the stream's end; it must not throw.
   *
   * @param isEnd whether it has no body
   */
  readonly onRequest: (stream: ServerStream, head: RequestHead, isEnd: boolean) => StreamListener;
  /** The last stream that was open has ended. */
  readonly onIdle?: () => void;
  /** The connection has ended: by an error, or as it should. */
  readonly onClosed?: (error: Error | undefined) => void;
}

/** How many streams a GOAWAY lets a client still open, that it may have sent already. @see RFC 9113, section 6.8 */
const anyStream = 2 ** 31 - 1;

/** The server's end of a connection whose client speaks HTTP/2 at once, by prior knowledge or ALPN. */
export class ServerConnection extends Connection<StreamListener> {
  readonly #onRequest: ServerOptions["onRequest"];
  readonly #onIdle: (() => void) | undefined;
  /** How many octets of the client's preface have come. */
  #prefaceBytes = 0;
  readonly #heads = new WeakMap<HeaderList, RequestHead>();
  #shutdown: "no" | "announced" | "final" = "no";

  /** @throws {RangeError} naming an option that is out of bounds */
  constructor(socket: Duplex, { onRequest, onIdle, onClosed, ...options }: ServerOptions) {
    super(socket, "client", options, (error) => onClosed?.(error));
    this.#onRequest = onRequest;
    this.#onIdle = onIdle;
    this.start();
  }

  shutdown(): void {
    if (this.#shutdown !== "no" || this.isClosed) return;
    this.#shutdown = "announced";
    this.outbound.goaway(anyStream, ErrorCode.NO_ERROR, "");
    this.watch.noteShutdown(() => {
      this.#shutdown = "final";
      this.outbound.goaway(this.lastPeerStreamId, ErrorCode.NO_ERROR, "");
      this.#finishIfDone();
    });
  }

  override closed(stream: Stream, end: StreamEnd): void {
    super.closed(stream, end);
    if (this.streams.size > 0) return;
    this.#onIdle?.();
    this.#finishIfDone();
  }

  protected override read(chunk: Buffer): void {
    if (this.#prefaceBytes === clientPreface.length) return super.read(chunk);
    const length = Math.min(chunk.length, clientPreface.length - this.#prefaceBytes);
    if (clientPreface.compare(chunk, 0, length, this.#prefaceBytes, this.#prefaceBytes + length) !== 0) {
      return this.fail(new ConnectionError(ErrorCode.PROTOCOL_ERROR, "no client preface (section 3.4)"));
    }
    this.#prefaceBytes += length;
    if (length < chunk.length) super.read(chunk.subarray(length));
  }

  protected override receiveHeaders(streamId: number, block: DecodedBlock | undefined, isEnd: boolean): void {
    const open = this.streams.get(streamId);
    if (open !== undefined) return this.receiveTrailers(open, block, isEnd);
    if (!this.isIdle(streamId)) return this.checkLate(streamId, "HEADERS");
    if (streamId % 2 === 0) {
      throw new ConnectionError(ErrorCode.PROTOCOL_ERROR, "a client's stream with an even number (section 5.1.1)");
    }
    // Beyond the last stream of the final GOAWAY nothing is taken up; the client knows, and asks elsewhere.
    if (this.#shutdown === "final") return;
    this.lastPeerStreamId = streamId;
    if (this.streams.size >= this.options.maxConcurrentStreams) {
      this.guard.charge(floodCost.reset, "streams");
      return this.refuse(streamId, ErrorCode.REFUSED_STREAM);
    }
    if (this.outbound.waitingBytes > this.options.maxBufferedBytes) {
      this.guard.charge(floodCost.reset, "streams whose answers are not read");
      return this.refuse(streamId, ErrorCode.ENHANCE_YOUR_CALM);
    }
    if (block === undefined) throw new StreamError(ErrorCode.ENHANCE_YOUR_CALM, "a header list above the bound");
    this.#open(streamId, this.#headOf(block), isEnd);
  }

  protected override isIdle(streamId: number): boolean {
    return streamId > this.lastPeerStreamId;
  }

  override onGoaway(): void {
    // A client opens no more streams; what is open is answered.
  }

  #open(streamId: number, head: RequestHead, isEnd: boolean): void {
    if (isEnd && (head.bodyBytes ?? 0) > 0) {
      throw new StreamError(
        ErrorCode.PROTOCOL_ERROR,
        "malformed message: no data where content-length says some (section 8.1.1)",
      );
    }
    const stream: ServerStream = new Stream(
      streamId,
      this,
      this.peer.initialWindowBytes,
      this.options.streamWindowBytes,
    );
    this.streams.add(stream);
    this.watch.noteStreams(this.streams.size);
    stream.tell(this.#onRequest(stream, head, isEnd));
    if (stream.isClosed) return;
    if (isEnd) stream.receiveEnd();
    else stream.expectBody(head.bodyBytes);
  }

  #headOf({ list, isRemembered }: DecodedBlock): RequestHead {
    if (!isRemembered) return readRequestHead(list, false);
    const known = this.#heads.get(list);
    if (known !== undefined) return known;
    const head = readRequestHead(list, true);
    this.#heads.set(list, head);
    return head;
  }

  #finishIfDone(): void {
    if (this.#shutdown === "final" && this.streams.size === 0) this.finish();
  }
}
