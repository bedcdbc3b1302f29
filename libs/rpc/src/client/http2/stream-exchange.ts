import {
  ErrorCode,
  type ClientStream,
  type HeaderList,
  type RequestParts,
  type ResponseHead,
  type StreamEnd,
} from "@banyan/http2";
import { Code, ConnectError } from "@connectrpc/connect";
import { BodyWriter } from "./body-writer.ts";
import { failureOf, notTaken } from "./call-failure.ts";
import type { Connections, PendingRequest } from "./connections.ts";

export interface StreamRequestParts {
  readonly parts: RequestParts;
  /** The request's body, as it is sent. Asked for nothing before the stream is open; none for a request without one. */
  readonly body: AsyncIterator<Uint8Array> | undefined;
  readonly signal: AbortSignal | undefined;
}

/** A request and its response on a stream, each as long as it likes, piece by piece. */
export class StreamExchange implements PendingRequest {
  readonly parts: RequestParts;
  /** Of the response; rejects with what failed the call before it came. */
  readonly head: Promise<ResponseHead>;
  readonly #address: string;
  readonly #connections: Connections;
  readonly #signal: AbortSignal | undefined;
  readonly #writer: BodyWriter<Uint8Array> | undefined;
  readonly #opening = Promise.withResolvers<ResponseHead>();
  #received: Buffer[] = [];
  /** Of `#received`, how many have been taken. */
  #taken = 0;
  #trailers: HeaderList = [];
  #stream: ClientStream | undefined;
  /** Who waits for more of the response. */
  #reader: PromiseWithResolvers<boolean> | undefined;
  #end: { readonly error: ConnectError | undefined } | undefined;

  constructor(address: string, connections: Connections, { parts, body, signal }: StreamRequestParts) {
    this.#address = address;
    this.#connections = connections;
    this.parts = parts;
    this.#writer = body && new BodyWriter({ parts: body, encode: (part) => part, onFailure: this.#bodyFailed });
    this.#signal = signal;
    this.head = this.#opening.promise;
    if (signal?.aborted === true) this.handleEvent();
    else {
      signal?.addEventListener("abort", this);
      connections.request(this);
    }
  }

  /** The fields that the response has ended with; empty until then. */
  get trailers(): HeaderList {
    return this.#trailers;
  }

  /** The next piece of the response that has come; undefined when there is none now. */
  take(): Buffer | undefined {
    const piece = this.#received[this.#taken];
    if (piece === undefined) return undefined;
    if (++this.#taken === this.#received.length) {
      this.#received = [];
      this.#taken = 0;
    }
    this.#stream?.consumed(piece.length);
    return piece;
  }

  /** Waits for more of the response. @returns whether there is more @throws {ConnectError} when the call has failed */
  async more(): Promise<boolean> {
    if (this.#received.length > 0) return true;
    if (this.#end !== undefined) {
      if (this.#end.error !== undefined) throw this.#end.error;
      return false;
    }
    this.#reader = Promise.withResolvers();
    return this.#reader.promise;
  }

  /** Breaks the exchange off. */
  break(error: ConnectError): void {
    if (this.#end !== undefined) return;
    this.#received = [];
    this.#taken = 0;
    this.#close(error);
    if (this.#stream === undefined) this.#connections.withdraw(this);
    else this.#stream.reset(ErrorCode.CANCEL);
  }

  /** The caller's signal was aborted. */
  handleEvent(): void {
    this.break(ConnectError.from(this.#signal?.reason, Code.Canceled));
  }

  onOpen(stream: ClientStream): void {
    this.#stream = stream;
    this.#writer?.start(stream);
  }

  onUnsent(error: Error): void {
    this.#close(notTaken(this.#address, error, false));
  }

  onResponse(head: ResponseHead): void {
    this.#opening.resolve(head);
  }

  onData(bytes: Buffer, start: number, end: number): void {
    if (start === end || this.#end !== undefined) return;
    this.#received.push(bytes.subarray(start, end));
    this.#reader?.resolve(true);
    this.#reader = undefined;
  }

  onTrailers(fields: HeaderList): void {
    this.#trailers = fields;
    this.#close(undefined);
    // The server has said all: what of the request has not gone out is of no use to it.
    if (this.#stream?.isLocalEnd === false) this.#stream.reset(ErrorCode.CANCEL);
  }

  onDrain(): void {
    this.#writer?.resume();
  }

  onClosed(end: StreamEnd): void {
    this.#close(end.tag === "done" ? undefined : failureOf(end, this.#address));
  }

  readonly #bodyFailed = (error: unknown): void => this.break(ConnectError.from(error, Code.Internal));

  #close(error: ConnectError | undefined): void {
    if (this.#end !== undefined) return;
    this.#end = { error };
    this.#signal?.removeEventListener("abort", this);
    this.#writer?.stop();
    if (error === undefined) this.#reader?.resolve(false);
    else {
      this.#opening.reject(error);
      this.#reader?.reject(error);
    }
    this.#reader = undefined;
  }
}
