import {
  ErrorCode,
  type ClientStream,
  type HeaderList,
  type RequestParts,
  type ResponseHead,
  type StreamEnd,
} from "@banyan/http2";
import {
  create,
  type DescMessage,
  type DescMethodStreaming,
  type Message,
  type MessageInitShape,
} from "@bufbuild/protobuf";
import { Code, ConnectError, type StreamResponse } from "@connectrpc/connect";
import { FieldHeaders } from "../../wire/field-headers.ts";
import { BodyWriter } from "./body-writer.ts";
import { failureOf, notTaken } from "./call-failure.ts";
import type { PendingRequest } from "./connections.ts";
import type { Dated } from "./deadlines.ts";
import { checkTrailers, errorOf, openingOf } from "./grpc-response.ts";
import type { KnownMethod } from "./known-method.ts";
import { ResponseMessages } from "./response-messages.ts";
import { finished, type SharedByCalls } from "./unary-exchange.ts";
import { envelope } from "./unary-message.ts";
import type { RequestProtocol } from "./unary-protocol.ts";

export type GrpcStreamMethod = KnownMethod<DescMethodStreaming, RequestProtocol>;

export interface GrpcStreamOptions {
  readonly method: GrpcStreamMethod;
  /** Undefined for none. */
  readonly timeoutMs: number | undefined;
  readonly signal: AbortSignal | undefined;
  /** Lets go of what the request's messages hold on to. @param error why they are not wanted; undefined at a good end */
  readonly release: (error: ConnectError | undefined) => void;
}

/**
 * One streaming call over HTTP/2: messages go out as their source gives them, those that come are parsed when they are read.
 *
 * The time runs, and the caller may give up, from the moment it is made; it is to be closed when it is over, or was never sent.
 */
export class GrpcStream implements PendingRequest, Dated {
  readonly dueMs: number;
  place = -1;
  readonly #calls: SharedByCalls;
  readonly #options: GrpcStreamOptions;
  readonly #messages: ResponseMessages;
  readonly #trailer = new FieldHeaders();
  #parts: RequestParts = { fields: [] };
  #head: PromiseWithResolvers<ResponseHead> | undefined;
  #writer: BodyWriter<MessageInitShape<DescMessage>> | undefined;
  #stream: ClientStream | undefined;
  #trailers: HeaderList = [];
  /** Whether nothing more comes from the connection. */
  #hasEnded = false;
  #isOver = false;
  #error: ConnectError | undefined;
  #controller: AbortController | undefined;

  constructor(calls: SharedByCalls, options: GrpcStreamOptions) {
    const { method, timeoutMs, signal } = options;
    this.#calls = calls;
    this.#options = options;
    this.#messages = new ResponseMessages({
      parse: method.parse,
      maxMessageBytes: calls.maxMessageBytes,
      giveBack: (bytes) => this.#stream?.consumed(bytes),
    });
    this.dueMs = timeoutMs === undefined ? Infinity : calls.deadlines.nowMs + timeoutMs;
    if (timeoutMs !== undefined) calls.deadlines.add(this);
    if (signal?.aborted === true) this.handleEvent();
    else signal?.addEventListener("abort", this);
  }

  /** Aborted when the call is given up, has failed, or is over. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#isOver) this.#controller.abort(this.#error ?? finished);
    }
    return this.#controller.signal;
  }

  get parts(): RequestParts {
    return this.#parts;
  }

  /**
   * Makes the call, and resolves when the response has begun. An interceptor may make it again: in what is left of its time.
   *
   * @throws {ConnectError} when it has failed, or is an error and nothing else
   */
  async send(parts: RequestParts, messages: AsyncIterable<MessageInitShape<DescMessage>>): Promise<StreamResponse> {
    if (this.#error !== undefined) throw this.#error;
    if (this.#head !== undefined) return this.#further().send(parts, messages);
    const { method } = this.#options;
    this.#parts = parts;
    this.#writer = new BodyWriter({
      parts: messages[Symbol.asyncIterator](),
      encode: (message) => envelope(method.serialize(create(method.method.input, message))),
      onFailure: (error) => this.fail(ConnectError.from(error, Code.Internal)),
    });
    this.#head = Promise.withResolvers();
    this.#calls.connections.request(this);
    const head = await this.#head.promise;
    const { compression, hasError, hasStatus } = openingOf(head);
    if (hasError) throw errorOf(head);
    return {
      stream: true,
      service: method.method.parent,
      method: method.method,
      header: new FieldHeaders(head.fields),
      trailer: this.#trailer,
      message: this.#messages.readable(compression, () => this.#readTrailers(head, hasStatus)),
    };
  }

  /**
   * The messages as the caller reads them: the call is over when he has read them all, or one has failed.
   *
   * @param messages those of the response, or what interceptors have made of them
   */
  read(messages: AsyncIterable<Message>): AsyncIterable<Message> {
    if (messages === this.#messages) {
      this.#messages.endsWith(this);
      return messages;
    }
    return { [Symbol.asyncIterator]: () => ({ next: this.#reading(messages[Symbol.asyncIterator]()) }) };
  }

  #reading(source: AsyncIterator<Message>): () => Promise<IteratorResult<Message>> {
    return async () => {
      if (this.#error !== undefined) throw this.#error;
      try {
        const result = await source.next();
        if (result.done === true) this.finish();
        return result;
      } catch (reason) {
        throw this.fail(reason);
      }
    };
  }

  /** A call that ends with this one. */
  #further(): GrpcStream {
    return new GrpcStream(this.#calls, {
      method: this.#options.method,
      timeoutMs: undefined,
      signal: this.signal,
      release: () => undefined,
    });
  }

  /** Ends the call, which has failed unless it was given up before. @returns what its caller is to be told */
  fail(reason: unknown): ConnectError {
    if (!this.#isOver) this.#close((this.#error = ConnectError.from(reason)));
    return this.#error ?? ConnectError.from(reason);
  }

  /** Ends the call, which has been answered in full. */
  finish(): void {
    this.#close(undefined);
  }

  /** The caller's signal was aborted. */
  handleEvent(): void {
    this.fail(ConnectError.from(this.#options.signal?.reason, Code.Canceled));
  }

  expire(): void {
    this.fail(new ConnectError("the operation timed out", Code.DeadlineExceeded));
  }

  onOpen(stream: ClientStream): void {
    this.#stream = stream;
    this.#writer?.start(stream);
  }

  onUnsent(error: Error): void {
    this.#end(notTaken(this.#calls.address, error, false));
  }

  onResponse(head: ResponseHead, isEnd: boolean): void {
    this.#head?.resolve(head);
    if (isEnd) this.#answered();
  }

  onData(bytes: Buffer, start: number, end: number, isEnd: boolean): void {
    if (start < end && !this.#hasEnded) this.#messages.add(bytes.subarray(start, end));
    if (isEnd) this.#answered();
  }

  onTrailers(fields: HeaderList): void {
    this.#trailers = fields;
    this.#answered();
  }

  onDrain(): void {
    this.#writer?.resume();
  }

  onClosed(end: StreamEnd): void {
    this.#end(end.tag === "done" ? undefined : failureOf(end, this.#calls.address));
  }

  /** The server has said all: what of the request has not gone out is of no use to it. */
  #answered(): void {
    this.#end(undefined);
    if (this.#stream?.isLocalEnd === false) this.#stream.reset(ErrorCode.CANCEL);
  }

  /** Nothing more comes from the connection; what has come can be read. */
  #end(error: ConnectError | undefined): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#writer?.stop();
    if (error !== undefined) this.#head?.reject(error);
    this.#messages.end(error);
  }

  #readTrailers(head: ResponseHead, hasStatus: boolean): void {
    this.#trailer.receive(this.#trailers);
    if (!hasStatus) checkTrailers(this.#trailers, head);
  }

  /** Lets go of what the call holds on to; what is still under way of it is broken off. */
  #close(error: ConnectError | undefined): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#calls.deadlines.delete(this);
    this.#options.signal?.removeEventListener("abort", this);
    if (!this.#hasEnded) {
      this.#end(error);
      if (this.#stream === undefined) this.#calls.connections.withdraw(this);
      else this.#stream.reset(ErrorCode.CANCEL);
    }
    if (error !== undefined) this.#messages.fail(error);
    this.#controller?.abort(error ?? finished);
    this.#options.release(error);
  }
}
