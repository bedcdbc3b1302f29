import { Code, ConnectError } from "@connectrpc/connect";
import { prefixBytes } from "./unary-message.ts";

export interface Envelope {
  readonly flags: number;
  readonly message: Uint8Array;
}

/** Takes the messages of a stream out of their envelopes, however the pieces are cut. */
export class EnvelopeReader {
  readonly #maxBytes: number;
  #bytes: Buffer = empty;
  #at = 0;
  /** Pieces behind `#bytes`: they are joined once, when the message that goes on in them is there as a whole. */
  #parts: Buffer[] = [];
  #partBytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Whether there is a part of an envelope. */
  get hasRest(): boolean {
    return this.#at < this.#bytes.length || this.#partBytes > 0;
  }

  /** Takes a piece; it must not change any more. */
  add(piece: Buffer): void {
    if (this.hasRest) {
      this.#parts.push(piece);
      this.#partBytes += piece.length;
    } else {
      this.#bytes = piece;
      this.#at = 0;
    }
  }

  /**
   * The next message that is there as a whole; undefined when there is none.
   *
   * @throws {ConnectError} RESOURCE_EXHAUSTED above the bound
   */
  next(): Envelope | undefined {
    if (this.#partBytes > 0 && this.#missing() <= this.#partBytes) this.#join();
    if (this.#missing() > 0) return undefined;
    const bytes = this.#bytes;
    const start = this.#at + prefixBytes;
    const flags = bytes[this.#at] ?? 0;
    this.#at = start + bytes.readUInt32BE(this.#at + 1);
    return { flags, message: new Uint8Array(bytes.buffer, bytes.byteOffset + start, this.#at - start) };
  }

  /** How many octets of an envelope, or of its head, are not in `#bytes`. */
  #missing(): number {
    const available = this.#bytes.length - this.#at;
    if (available < prefixBytes) return prefixBytes - available;
    const size = this.#bytes.readUInt32BE(this.#at + 1);
    if (size > this.#maxBytes) {
      throw new ConnectError(
        `message size ${size} is larger than configured readMaxBytes ${this.#maxBytes}`,
        Code.ResourceExhausted,
      );
    }
    return prefixBytes + size - available;
  }

  #join(): void {
    this.#bytes = Buffer.concat([this.#bytes.subarray(this.#at), ...this.#parts]);
    this.#at = 0;
    this.#parts = [];
    this.#partBytes = 0;
  }
}

const empty = Buffer.alloc(0);
