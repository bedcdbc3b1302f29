import type { Duplex } from "node:stream";
import { Connection } from "./connection/connection.ts";
import { floodCost } from "./connection/flood-guard.ts";
import type { ConnectionOptions } from "./connection/options.ts";
import { Stream, type StreamEnd, type StreamListener } from "./connection/stream.ts";
import { StreamError } from "./errors.ts";
import { ErrorCode, clientPreface, errorCodeName } from "./frames/frame.ts";
import type { DecodedBlock } from "./hpack/decoder.ts";
import type { HeaderList } from "./hpack/header-list.ts";
import { type ResponseHead, readResponseHead } from "./messages/response-head.ts";

/** Is told what comes back. */
export interface ResponseListener extends StreamListener {
  /** The final response has begun; informational ones are passed over. */
  onResponse(head: ResponseHead, isEnd: boolean): void;
}

/** A request's stream; `write` and `sendTrailers` go on with it. */
export type ClientStream = Stream<ResponseListener>;

export interface ClientOptions extends Partial<ConnectionOptions> {
  /** Whether streams can be opened may have changed: one has ended, or the peer said so. */
  readonly onChange?: () => void;
  /** The connection has ended: by an error, or as it should. */
  readonly onClosed?: (error: Error | undefined) => void;
}

export interface RequestParts {
  /** With the pseudo-header fields; remembered by the connection: hand in the very same list again. */
  readonly fields: HeaderList;
  /** What differs from request to request. */
  readonly passing?: HeaderList | undefined;
  /** Whether there is no body. */
  readonly isEnd?: boolean;
}

const lastStreamId = 2 ** 31 - 1;

/** The client's end of a connection to a server that is known to speak HTTP/2. */
export class ClientConnection extends Connection<ResponseListener> {
  readonly #onChange: (() => void) | undefined;
  readonly #heads = new WeakMap<HeaderList, ResponseHead>();
  #nextStreamId = 1;
  #isRetired = false;

  /** @throws {RangeError} naming an option that is out of bounds */
  constructor(socket: Duplex, { onChange, onClosed, ...options }: ClientOptions = {}) {
    super(socket, "server", options, (error) => onClosed?.(error));
    this.#onChange = onChange;
    this.outbound.preface(clientPreface);
    this.start();
  }

  /** Whether the connection takes up requests at all: neither side has shut it down. */
  get isRetired(): boolean {
    return this.#isRetired || this.isClosed || this.#nextStreamId > lastStreamId;
  }

  /** Whether a request can be sent now: the peer allows one more. */
  get canRequest(): boolean {
    return !this.isRetired && this.streams.size < this.peer.maxConcurrentStreams;
  }

  /**
   * Sends a request.
   *
   * @returns undefined when none can be sent now
   */
  request({ fields, passing, isEnd = false }: RequestParts, listener: ResponseListener): ClientStream | undefined {
    if (!this.canRequest) return undefined;
    const id = this.#nextStreamId;
    this.#nextStreamId += 2;
    const stream: ClientStream = new Stream(id, this, this.peer.initialWindowBytes, this.options.streamWindowBytes);
    stream.tell(listener);
    this.streams.add(stream);
    this.watch.noteStreams(this.streams.size);
    stream.sendHeaders(fields, passing, isEnd);
    return stream;
  }

  shutdown(): void {
    if (this.#isRetired || this.isClosed) return;
    this.#isRetired = true;
    this.watch.noteShutdown(() => {});
    this.#onChange?.();
    this.#finishIfDone();
  }

  override closed(stream: Stream, end: StreamEnd): void {
    super.closed(stream, end);
    this.#onChange?.();
    this.#finishIfDone();
  }

  protected override settingsChanged(): void {
    this.#onChange?.();
  }

  protected override receiveHeaders(streamId: number, block: DecodedBlock | undefined, isEnd: boolean): void {
    const stream = this.streams.get(streamId);
    if (stream === undefined) return this.checkLate(streamId, "HEADERS");
    if (stream.hasBegun || stream.isRemoteEnd) return this.receiveTrailers(stream, block, isEnd);
    if (block === undefined) throw new StreamError(ErrorCode.ENHANCE_YOUR_CALM, "a header list above the bound");
    const head = this.#headOf(block);
    if (head.status < 200) {
      if (isEnd) throw new StreamError(ErrorCode.PROTOCOL_ERROR, "an informational response that ends (section 8.1)");
      return this.guard.charge(floodCost.empty, "informational responses");
    }
    if (!isEnd) stream.expectBody(head.bodyBytes);
    stream.listener?.onResponse(head, isEnd);
    if (isEnd) stream.receiveEnd();
  }

  protected override isIdle(streamId: number): boolean {
    return streamId >= this.#nextStreamId || streamId % 2 === 0;
  }

  override onGoaway(lastId: number, code: number, reason: string): void {
    this.#isRetired = true;
    const why = `the server takes up no more requests (${[errorCodeName(code), reason].filter(Boolean).join(": ")})`;
    for (const stream of this.streams.all()) if (stream.id > lastId) stream.close({ tag: "turned away", reason: why });
    // "After sending the GOAWAY frame for an error condition, the endpoint MUST close the TCP connection" (section 5.4.1).
    if (code !== ErrorCode.NO_ERROR) return this.destroy(new Error(why));
    this.#onChange?.();
    this.#finishIfDone();
  }

  #headOf({ list, isRemembered }: DecodedBlock): ResponseHead {
    if (!isRemembered) return readResponseHead(list);
    const known = this.#heads.get(list);
    if (known !== undefined) return known;
    const head = readResponseHead(list);
    this.#heads.set(list, head);
    return head;
  }

  #finishIfDone(): void {
    if (!this.#isRetired || this.isClosed || this.streams.size > 0) return;
    this.outbound.goaway(0, ErrorCode.NO_ERROR, "");
    this.finish();
  }
}
