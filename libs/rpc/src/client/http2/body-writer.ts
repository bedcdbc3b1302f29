import type { ClientStream } from "@banyan/http2";

export interface BodyWriterOptions<T> {
  /** What is sent, each part when the one before has gone out; asked for nothing before the stream is open. */
  readonly parts: AsyncIterator<T>;
  readonly encode: (part: T) => Uint8Array;
  /** A part could not be had, or not be encoded; nothing is written after it. */
  readonly onFailure: (error: unknown) => void;
}

/** Writes a request's body as fast as it comes and the peer takes it: one promise a part, the one that its source gives. */
export class BodyWriter<T> {
  readonly #options: BodyWriterOptions<T>;
  #stream: ClientStream | undefined;
  /** Whether the peer takes no more for now. */
  #waits = false;

  constructor(options: BodyWriterOptions<T>) {
    this.#options = options;
  }

  start(stream: ClientStream): void {
    this.#stream = stream;
    this.#ask();
  }

  /** The peer takes more. */
  resume(): void {
    if (!this.#waits) return;
    this.#waits = false;
    this.#ask();
  }

  /** Asks for nothing more, and writes nothing. */
  stop(): void {
    this.#stream = undefined;
    this.#waits = false;
  }

  #ask(): void {
    if (this.#stream === undefined) return;
    try {
      this.#options.parts.next().then(this.#write, this.#fail);
    } catch (error) {
      this.#fail(error);
    }
  }

  readonly #write = (result: IteratorResult<T>): void => {
    const stream = this.#stream;
    if (stream === undefined) return;
    if (result.done === true) {
      stream.write(nothing, true);
      return this.stop();
    }
    let bytes: Uint8Array;
    try {
      bytes = this.#options.encode(result.value);
    } catch (error) {
      return this.#fail(error);
    }
    if (stream.write(bytes)) this.#ask();
    else this.#waits = true;
  };

  readonly #fail = (error: unknown): void => {
    if (this.#stream === undefined) return;
    this.stop();
    this.#options.onFailure(error);
  };
}

const nothing = new Uint8Array(0);
