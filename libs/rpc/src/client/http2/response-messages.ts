import type { Message } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import { compressedFlag, type Compression } from "@connectrpc/connect/protocol";
import { EnvelopeReader } from "./envelope-reader.ts";
import { prefixBytes } from "./unary-message.ts";

export interface ResponseMessagesOptions {
  /** @throws {ConnectError} */
  readonly parse: (bytes: Uint8Array) => Message;
  /** In bytes, once it is decompressed. */
  readonly maxMessageBytes: number;
  /** Octets were taken: the server may send as many again. */
  readonly giveBack: (bytes: number) => void;
}

/** Whose messages they are. */
export interface ReadCall {
  /** All has been read. */
  finish(): void;
  /** Reading has failed. @returns what the reader is to be told */
  fail(error: unknown): unknown;
}

type Result = IteratorResult<Message, undefined>;

/**
 * The messages of a response. Each is parsed when it is asked for; a reader who waits is handed his message in the turn in
 * which it comes.
 */
export class ResponseMessages implements AsyncIterable<Message> {
  readonly #options: ResponseMessagesOptions;
  readonly #envelopes: EnvelopeReader;
  #compression: Compression | null = null;
  #finish: (() => void) | undefined;
  #call: ReadCall | undefined;
  /** Octets that have not been given back. */
  #heldBytes = 0;
  #reader: PromiseWithResolvers<Result> | undefined;
  #decompressing: Promise<Result> | undefined;
  /**
   * - `coming`: there may be more
   * - `come`: nothing follows what is there, but for the error
   * - `failed`: for good, whatever is there
   * - `read`: to the end
   */
  #state:
    | { readonly tag: "coming" | "read" }
    | { readonly tag: "come"; readonly error: ConnectError | undefined }
    | { readonly tag: "failed"; readonly error: unknown } = { tag: "coming" };

  constructor(options: ResponseMessagesOptions) {
    this.#options = options;
    this.#envelopes = new EnvelopeReader(options.maxMessageBytes);
  }

  /**
   * The response has begun.
   *
   * @param compression what messages are compressed by, where they say they are
   * @param finish called when all has been read; throws where the status is an error
   */
  readable(compression: Compression | null, finish: () => void): this {
    this.#compression = compression;
    this.#finish = finish;
    return this;
  }

  /** Whose end is that of the call; without one it goes on. */
  endsWith(call: ReadCall): void {
    this.#call = call;
  }

  /** A piece has come; it must not change any more. */
  add(piece: Buffer): void {
    if (this.#state.tag !== "coming") return;
    this.#envelopes.add(piece);
    this.#heldBytes += piece.length;
    this.#wake();
  }

  /** Nothing follows. @param error what it has ended with, which is told behind the messages that are there */
  end(error?: ConnectError): void {
    if (this.#state.tag !== "coming") return;
    this.#state = { tag: "come", error };
    this.#wake();
  }

  /** Whoever reads on is told the error. */
  fail(error: unknown): void {
    if (this.#state.tag === "read") return;
    this.#state = { tag: "failed", error };
    this.#wake();
  }

  [Symbol.asyncIterator](): AsyncIterator<Message, undefined> {
    return { next: this.#next };
  }

  readonly #next = (): Promise<Result> => {
    const before = this.#reader?.promise ?? this.#decompressing;
    if (before !== undefined) return before.then(this.#next, this.#next);
    const found = this.#read();
    if (found !== undefined) return Promise.resolve(found);
    this.#reader = Promise.withResolvers();
    return this.#reader.promise;
  };

  #wake(): void {
    const reader = this.#reader;
    if (reader === undefined) return;
    this.#reader = undefined;
    const found = this.#read();
    if (found === undefined) this.#reader = reader;
    else reader.resolve(found);
  }

  /** The next message, or the end; undefined when it has not come. */
  #read(): Result | Promise<Result> | undefined {
    try {
      if (this.#state.tag === "failed") throw this.#state.error;
      if (this.#state.tag === "read") return over;
      const envelope = this.#envelopes.next();
      if (envelope === undefined) {
        this.#giveBack(this.#heldBytes);
        return this.#state.tag === "come" ? this.#end(this.#state.error) : undefined;
      }
      const { flags, message } = envelope;
      this.#giveBack(Math.min(this.#heldBytes, prefixBytes + message.length));
      if ((flags & compressedFlag) === 0) return { done: false, value: this.#options.parse(message) };
      return (this.#decompressing = this.#decompressed(message));
    } catch (error) {
      return Promise.reject(this.#fail(error));
    }
  }

  #giveBack(bytes: number): void {
    if (bytes === 0) return;
    this.#heldBytes -= bytes;
    this.#options.giveBack(bytes);
  }

  #end(error: ConnectError | undefined): Result {
    if (error !== undefined) throw error;
    if (this.#envelopes.hasRest) throw new ConnectError("protocol error: incomplete envelope", Code.InvalidArgument);
    this.#finish?.();
    this.#state = { tag: "read" };
    this.#call?.finish();
    return over;
  }

  async #decompressed(message: Uint8Array): Promise<Result> {
    try {
      if (this.#compression === null) {
        throw new ConnectError("received compressed envelope, but do not know how to decompress", Code.Internal);
      }
      const plain = await this.#compression.decompress(new Uint8Array(message), this.#options.maxMessageBytes);
      if (this.#state.tag === "failed") throw this.#state.error;
      return { done: false, value: this.#options.parse(plain) };
    } catch (error) {
      throw this.#fail(error);
    } finally {
      this.#decompressing = undefined;
    }
  }

  #fail(reason: unknown): unknown {
    const error = this.#call === undefined ? reason : this.#call.fail(reason);
    this.#state = { tag: "failed", error };
    return error;
  }
}

const over: Result = { done: true, value: undefined };
