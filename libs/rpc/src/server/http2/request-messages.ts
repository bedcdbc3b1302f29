import type { DescMessage, MessageShape } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import { EnvelopeBuffer } from "./envelope-buffer.ts";

type Message = MessageShape<DescMessage>;
type Result = IteratorResult<Message, undefined>;

export interface RequestMessagesOptions {
  /** @throws {ConnectError} */
  readonly parse: (bytes: Uint8Array) => Message;
  /** Of one message. */
  readonly maxBytes: number;
  /** Takes octets that were given back: the caller may send as many again. */
  readonly giveBack: (bytes: number) => void;
  /** So many octets more, or less, are kept although they were given back: those of a message that is not whole. */
  readonly keep: (bytes: number) => void;
}

/**
 * The messages of a request, each parsed when it is asked for; what nobody asks for holds the caller up. To be read once.
 *
 * While somebody waits, what has come of the message is given back, or one that is larger than the window would never come.
 */
export class RequestMessages implements AsyncIterableIterator<Message, undefined> {
  readonly #options: RequestMessagesOptions;
  readonly #buffer: EnvelopeBuffer;
  /** What of the buffer has not been given back: its end. */
  #owedBytes = 0;
  #keptBytes = 0;
  readonly #readers: PromiseWithResolvers<Result>[] = [];
  #state: "open" | "ended" | "over" = "open";
  /** Why the request ended before it was whole. */
  #error: Error | undefined;

  constructor(options: RequestMessagesOptions) {
    this.#options = options;
    this.#buffer = new EnvelopeBuffer(options.maxBytes);
  }

  /** A part of the body lies between `start` and `end` of `bytes`, which must not change any more. */
  push(bytes: Buffer, start: number, end: number): void {
    if (start === end) return;
    if (this.#state !== "open") return this.#options.giveBack(end - start);
    this.#buffer.add(bytes, start, end);
    this.#owedBytes += end - start;
    if (this.#readers.length > 0) this.#serve();
  }

  /** All has come. */
  end(): void {
    if (this.#state !== "open") return;
    this.#state = "ended";
    if (this.#readers.length > 0) this.#serve();
  }

  /** No more will come; whole messages that are there can still be read. */
  fail(error: Error): void {
    this.#keep(0);
    if (this.#state !== "open") return;
    this.#error = error;
    this.end();
  }

  next(): Promise<Result> {
    if (this.#readers.length === 0) {
      try {
        const result = this.#take();
        if (result !== undefined) return Promise.resolve(result);
      } catch (error) {
        return Promise.reject(error);
      }
    }
    const reader = Promise.withResolvers<Result>();
    this.#readers.push(reader);
    return reader.promise;
  }

  /** Nobody reads on: what comes is thrown away. */
  async return(): Promise<Result> {
    this.#finish();
    for (const reader of this.#readers.splice(0)) reader.resolve(over);
    return over;
  }

  async throw(error: unknown): Promise<Result> {
    await this.return();
    throw error;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #serve(): void {
    for (let reader = this.#readers[0]; reader !== undefined; reader = this.#readers[0]) {
      try {
        const result = this.#take();
        if (result === undefined) return;
        reader.resolve(result);
      } catch (error) {
        reader.reject(error);
      }
      this.#readers.shift();
    }
  }

  /** Undefined when it has to be waited for. @throws {unknown} what has gone wrong, once */
  #take(): Result | undefined {
    if (this.#state === "over") return over;
    let value: Message | undefined;
    try {
      const bytes = this.#buffer.take();
      if (bytes !== undefined) value = this.#options.parse(bytes);
    } catch (error) {
      this.#finish();
      throw error;
    }
    if (value !== undefined) {
      this.#owe(Math.min(this.#owedBytes, this.#buffer.length));
      return { done: false, value };
    }
    if (this.#state === "ended") return this.#takeEnd();
    this.#owe(0);
    return undefined;
  }

  #takeEnd(): Result {
    const isCut = this.#buffer.length > 0;
    const error = this.#error;
    this.#finish();
    if (error !== undefined) throw error;
    if (isCut) throw new ConnectError("protocol error: incomplete envelope", Code.InvalidArgument);
    return over;
  }

  #finish(): void {
    this.#state = "over";
    this.#buffer.clear();
    this.#owe(0);
  }

  /** So much of the buffer is still to be given back. */
  #owe(bytes: number): void {
    if (this.#owedBytes > bytes) this.#options.giveBack(this.#owedBytes - bytes);
    this.#owedBytes = bytes;
    this.#keep(this.#error === undefined ? this.#buffer.length - bytes : 0);
  }

  #keep(bytes: number): void {
    if (bytes === this.#keptBytes) return;
    const more = bytes - this.#keptBytes;
    this.#keptBytes = bytes;
    this.#options.keep(more);
  }
}

const over: { readonly done: true; readonly value: undefined } = { done: true, value: undefined };
