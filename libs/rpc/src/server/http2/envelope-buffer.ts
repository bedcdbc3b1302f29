import { Code, ConnectError } from "@connectrpc/connect";
import { compressedFlag } from "@connectrpc/connect/protocol";
import { envelopeHeadBytes } from "../../wire/envelope.ts";

/**
 * Takes messages of gRPC out of their envelopes, however what arrives is cut.
 *
 * A part that holds whole envelopes is not copied: messages are where it lies. What is left of it when the next one comes is
 * put together with that, in a buffer that doubles, so that parts of one octet cost no more than their octets.
 */
export class EnvelopeBuffer {
  readonly #maxBytes: number;
  /** What has not been taken lies between `#at` and `#end`. */
  #bytes: Buffer = nothing;
  #at = 0;
  #end = 0;
  /** Whether the rest of `#bytes`, behind `#end`, is free. */
  #isOwn = false;
  /** What there must be before it is worth while to look: a head, or a head and the message that it announces. */
  #neededBytes = envelopeHeadBytes;

  /** @param maxBytes of one message */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** What has been added and not been taken, in octets. */
  get length(): number {
    return this.#end - this.#at;
  }

  /** Adds what lies between `start` and `end` of `bytes`, which must not change any more. */
  add(bytes: Buffer, start: number, end: number): void {
    if (this.#at === this.#end) {
      this.#bytes = bytes;
      this.#at = start;
      this.#end = end;
      this.#isOwn = false;
      return;
    }
    const more = end - start;
    if (!this.#isOwn || this.#bytes.length - this.#end < more) this.#grow(more);
    bytes.copy(this.#bytes, this.#end, start, end);
    this.#end += more;
  }

  /**
   * The next message, where the whole of it is there.
   *
   * @throws {ConnectError} RESOURCE_EXHAUSTED for one above the bound, INTERNAL for one that is compressed
   */
  take(): Uint8Array | undefined {
    if (this.length < this.#neededBytes) return undefined;
    const bytes = this.#bytes;
    const start = this.#at + envelopeHeadBytes;
    const size = bytes.readUInt32BE(this.#at + 1);
    if (size > this.#maxBytes) {
      throw new ConnectError(
        `message size ${size} is larger than configured readMaxBytes ${this.#maxBytes}`,
        Code.ResourceExhausted,
      );
    }
    this.#neededBytes = envelopeHeadBytes + size;
    if (this.length < this.#neededBytes) return undefined;
    if (((bytes[this.#at] ?? 0) & compressedFlag) !== 0) {
      throw new ConnectError("received compressed envelope, but do not know how to decompress", Code.Internal);
    }
    this.#at = start + size;
    this.#neededBytes = envelopeHeadBytes;
    return new Uint8Array(bytes.buffer, bytes.byteOffset + start, size);
  }

  clear(): void {
    this.#bytes = nothing;
    this.#at = this.#end = 0;
  }

  #grow(moreBytes: number): void {
    const rest = this.length;
    const grown = Buffer.allocUnsafeSlow(2 * (rest + moreBytes));
    this.#bytes.copy(grown, 0, this.#at, this.#end);
    this.#bytes = grown;
    this.#at = 0;
    this.#end = rest;
    this.#isOwn = true;
  }
}

const nothing = Buffer.alloc(0);
