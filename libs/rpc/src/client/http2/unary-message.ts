import { Code, ConnectError } from "@connectrpc/connect";
import { compressedFlag, type Compression } from "@connectrpc/connect/protocol";
import type { UnaryBody } from "./unary-protocol.ts";

/** Octets of an envelope before its message. */
export const prefixBytes = 5;

/** A message in its envelope: a flag, four octets of length, the message. */
export function envelope(message: Uint8Array): Buffer {
  const bytes = Buffer.allocUnsafe(prefixBytes + message.length);
  bytes[0] = 0;
  bytes.writeUInt32BE(message.length, 1);
  bytes.set(message, prefixBytes);
  return bytes;
}

/** The one message of a response, put together from the pieces in which it comes. */
export class UnaryMessage implements UnaryBody {
  readonly #maxBytes: number;
  /** The first piece, of which the envelope begins at `start`; longer ones where it was shorter than an envelope's head. */
  #bytes: Buffer | undefined;
  #start = 0;
  #end = 0;
  /** All pieces, where there are more. */
  #parts: Buffer[] | undefined;
  #length = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /**
   * Takes a piece, which lies between `start` and `end` of `bytes` and must not change any more.
   *
   * @throws {ConnectError} RESOURCE_EXHAUSTED above the bound; UNIMPLEMENTED when there is more than one message
   */
  add(bytes: Buffer, start: number, end: number): void {
    if (start === end) return;
    this.#length += end - start;
    if (this.#bytes === undefined) {
      this.#bytes = bytes;
      this.#start = start;
      this.#end = end;
    } else {
      this.#parts ??= [this.#bytes.subarray(this.#start, this.#end)];
      this.#parts.push(bytes.subarray(start, end));
      if (this.#end - this.#start < prefixBytes) this.#join(this.#parts);
    }
    this.#check(this.#bytes, this.#start, this.#end);
  }

  /**
   * The message's octets, once all pieces have come; undefined when there is none. A promise where they were compressed.
   *
   * @throws {ConnectError} INVALID_ARGUMENT when it is cut short, INTERNAL when it is compressed unexpectedly
   */
  take(compression: Compression | null): Uint8Array | Promise<Uint8Array> | undefined {
    if (this.#bytes === undefined) return undefined;
    if (this.#parts !== undefined) this.#join(this.#parts);
    const { buffer, byteOffset } = this.#bytes;
    if (this.#length < prefixBytes || this.#length < prefixBytes + this.#bytes.readUInt32BE(this.#start + 1)) {
      throw new ConnectError("protocol error: incomplete envelope", Code.InvalidArgument);
    }
    const message = new Uint8Array(buffer, byteOffset + this.#start + prefixBytes, this.#length - prefixBytes);
    if (((this.#bytes[this.#start] ?? 0) & compressedFlag) === 0) return message;
    if (compression === null) {
      throw new ConnectError("received compressed envelope, but do not know how to decompress", Code.Internal);
    }
    return compression.decompress(new Uint8Array(message), this.#maxBytes);
  }

  #join(parts: readonly Buffer[]): void {
    this.#bytes = Buffer.concat(parts, this.#length);
    this.#start = 0;
    this.#end = this.#length;
    this.#parts = undefined;
  }

  #check(bytes: Buffer, start: number, end: number): void {
    if (end - start < prefixBytes) return;
    const size = bytes.readUInt32BE(start + 1);
    if (size > this.#maxBytes) {
      throw new ConnectError(
        `message size ${size} is larger than configured readMaxBytes ${this.#maxBytes}`,
        Code.ResourceExhausted,
      );
    }
    if (this.#length > prefixBytes + size) {
      throw new ConnectError("protocol error: received extra output message for unary method", Code.Unimplemented);
    }
  }
}
