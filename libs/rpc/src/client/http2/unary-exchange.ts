import {
  ErrorCode,
  type ClientStream,
  type HeaderList,
  type RequestParts,
  type ResponseHead,
  type StreamEnd,
} from "@banyan/http2";
import type { DescMethodUnary } from "@bufbuild/protobuf";
import { Code, ConnectError, type StreamRequest, type UnaryRequest, type UnaryResponse } from "@connectrpc/connect";
import type { Compression } from "@connectrpc/connect/protocol";
import { failureOf, notTaken } from "./call-failure.ts";
import type { Connections, PendingRequest } from "./connections.ts";
import type { Dated, Deadlines } from "./deadlines.ts";
import type { KnownMethod, RequestFields } from "./known-method.ts";
import { requestParts } from "./request-headers.ts";
import type { RequestProtocol, UnaryBody, UnaryProtocol } from "./unary-protocol.ts";

/** A unary method in the protocol that it is called by. */
export type UnaryMethod = KnownMethod<DescMethodUnary, UnaryProtocol>;

/** What the calls of one transport share. */
export interface SharedByCalls {
  readonly address: string;
  readonly connections: Connections;
  readonly deadlines: Deadlines;
  readonly maxMessageBytes: number;
}

export interface UnaryExchangeOptions {
  readonly method: UnaryMethod;
  readonly fields: RequestFields;
  /** Undefined for none. */
  readonly timeoutMs: number | undefined;
  readonly signal: AbortSignal | undefined;
}

/**
 * One unary call over HTTP/2: the request goes out as a whole, the response is looked at once it is there as a whole. A
 * call that is turned away before a server has worked on it is made once more.
 *
 * The time runs, and the caller may give up, from the moment it is made; it is to be closed when it is over, or was never sent.
 */
export class UnaryExchange implements PendingRequest, Dated {
  readonly dueMs: number;
  place = -1;
  readonly #calls: SharedByCalls;
  readonly #method: UnaryMethod;
  readonly #fields: RequestFields;
  readonly #signal: AbortSignal | undefined;
  #parts: RequestParts | undefined;
  #body: Uint8Array | undefined;
  #answer: PromiseWithResolvers<UnaryResponse> | undefined;
  #stream: ClientStream | undefined;
  #head: ResponseHead | undefined;
  #compression: Compression | null = null;
  #received: UnaryBody | undefined;
  #attempts = 0;
  /**
   * - `read`: the response is there as a whole, and is being decompressed
   * - `ended`: answered, or failed; interceptors may be at work on it
   */
  #state: "made" | "sent" | "read" | "ended" | "over" = "made";
  #givenUp: ConnectError | undefined;
  #controller: AbortController | undefined;

  constructor(calls: SharedByCalls, { method, fields, timeoutMs, signal }: UnaryExchangeOptions) {
    this.#calls = calls;
    this.#method = method;
    this.#fields = fields;
    this.#signal = signal;
    this.dueMs = timeoutMs === undefined ? Infinity : calls.deadlines.nowMs + timeoutMs;
    if (timeoutMs !== undefined) calls.deadlines.add(this);
    if (signal?.aborted === true) this.handleEvent();
    else signal?.addEventListener("abort", this);
  }

  /** Aborted when the call is given up, has failed, or is over. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#givenUp !== undefined) this.#controller.abort(this.#givenUp);
      else if (this.#state === "over") this.#controller.abort();
    }
    return this.#controller.signal;
  }

  get parts(): RequestParts {
    return this.#parts ?? { fields: [] };
  }

  /** Why it was given up, by its caller or for its deadline. */
  get givenUp(): ConnectError | undefined {
    return this.#givenUp;
  }

  /**
   * Makes the call. It rejects with INTERNAL when the message cannot be serialized. An interceptor may make it again: in what
   * is left of its time.
   */
  send(request: UnaryRequest | StreamRequest): Promise<UnaryResponse> {
    if (this.#attempts > 0) return this.#further().send(request);
    const { promise } = (this.#answer = Promise.withResolvers());
    try {
      this.#send(request);
    } catch (error) {
      this.#answer.reject(error);
    }
    return promise;
  }

  /** Lets go of what the call holds on to. @param error why its signal is aborted */
  close(error?: ConnectError): void {
    if (this.#state === "over") return;
    if (this.#state === "sent" || this.#state === "read") this.#breakOff();
    this.#state = "over";
    this.#calls.deadlines.delete(this);
    this.#signal?.removeEventListener("abort", this);
    this.#controller?.abort(error ?? finished);
  }

  /** The caller's signal was aborted. */
  handleEvent(): void {
    this.#giveUp(ConnectError.from(this.#signal?.reason, Code.Canceled));
  }

  expire(): void {
    this.#giveUp(new ConnectError("the operation timed out", Code.DeadlineExceeded));
  }

  onOpen(stream: ClientStream): void {
    this.#stream = stream;
    if (this.#body !== undefined) stream.write(this.#body, true);
  }

  onUnsent(error: Error): void {
    this.#fail(notTaken(this.#calls.address, error, false));
  }

  onResponse(head: ResponseHead): void {
    this.#head = head;
    try {
      this.#compression = this.#method.protocol.open(head);
    } catch (error) {
      this.#fail(error);
    }
  }

  onData(bytes: Buffer, start: number, end: number, isEnd: boolean): void {
    if (this.#state !== "sent") return;
    const isFirst = this.#received === undefined;
    this.#received ??= this.#method.protocol.body(this.#calls.maxMessageBytes);
    try {
      this.#received.add(bytes, start, end);
    } catch (error) {
      return this.#fail(error);
    }
    // The stream gives back what it has left when it ends.
    if (!isFirst && !isEnd) this.#stream?.consumed(end - start);
  }

  onTrailers(trailers: HeaderList): void {
    this.#finish(trailers);
  }

  onDrain(): void {
    // There is nothing more to write.
  }

  onClosed(end: StreamEnd): void {
    if (this.#state !== "sent") return;
    if (end.tag === "done") return this.#finish([]);
    if (end.tag === "turned away" && this.#attempts === 1) this.#sendAgain(failureOf(end, this.#calls.address));
    else this.#fail(failureOf(end, this.#calls.address));
  }

  #send(request: UnaryRequest | StreamRequest): void {
    if (this.#givenUp !== undefined) throw this.#givenUp;
    if (request.stream) throw new ConnectError("an interceptor made a stream of a unary call", Code.Internal);
    this.#body = this.#method.protocol.encode(this.#method.serialize(request.message));
    this.#parts = requestParts(request.header, this.#fields, this.#method.pseudo);
    this.#state = "sent";
    this.#attempts = 1;
    this.#calls.connections.request(this);
  }

  #sendAgain(error: ConnectError): void {
    const leftMs = this.dueMs - performance.now();
    if (leftMs <= 0) return this.#fail(error);
    this.#attempts++;
    this.#stream = this.#head = this.#received = undefined;
    if (leftMs !== Infinity) this.#parts = withTimeout(this.parts, leftMs, this.#method.protocol);
    this.#calls.connections.request(this);
  }

  #finish(trailers: HeaderList): void {
    if (this.#state !== "sent") return;
    this.#state = "read";
    try {
      const bytes = this.#received?.take(this.#compression);
      if (bytes instanceof Promise)
        bytes.then((plain) => this.#answerWith(plain, trailers)).catch((error: unknown) => this.#fail(error));
      else this.#answerWith(bytes, trailers);
    } catch (error) {
      this.#fail(error);
    }
  }

  #answerWith(bytes: Uint8Array | undefined, trailers: HeaderList): void {
    const head = this.#head;
    if (this.#state !== "read" || head === undefined) return;
    const { method, parse, protocol } = this.#method;
    const answer = protocol.answer({ head, bytes, trailers, parse });
    this.#end();
    this.#answer?.resolve({ stream: false, service: method.parent, method, ...answer });
  }

  #giveUp(error: ConnectError): void {
    if (this.#state === "over") return;
    this.#givenUp = error;
    if (this.#state === "made" || this.#state === "ended") this.close(error);
    else this.#fail(error);
  }

  #fail(reason: unknown): void {
    if (this.#state === "ended" || this.#state === "over") return;
    const error = ConnectError.from(reason);
    this.#end(error);
    this.#answer?.reject(error);
  }

  /** The call that ends with this one, and begins now. */
  #further(): UnaryExchange {
    return new UnaryExchange(this.#calls, {
      method: this.#method,
      fields: this.#fields,
      timeoutMs: undefined,
      signal: this.signal,
    });
  }

  /** There is an answer, or an error; what is still under way is broken off. */
  #end(error?: ConnectError): void {
    this.#state = "ended";
    if (this.#givenUp !== undefined) this.close(error);
    if (error !== undefined || this.#stream?.isLocalEnd !== true) this.#breakOff();
  }

  #breakOff(): void {
    if (this.#stream === undefined) this.#calls.connections.withdraw(this);
    else this.#stream.reset(ErrorCode.CANCEL);
  }
}

/** Why the signal of a call that was answered is aborted: made once, since it would cost more than the call. */
export const finished = new DOMException("This operation was aborted", "AbortError");

/** The same request with what is left of its time. */
function withTimeout({ fields, passing = [] }: RequestParts, leftMs: number, protocol: RequestProtocol): RequestParts {
  const others = [...fields, ...passing];
  const at = others.findIndex((text, index) => index % 2 === 0 && text === protocol.timeoutField);
  return { fields: at < 0 ? others : others.with(at + 1, protocol.timeoutText(leftMs)) };
}
