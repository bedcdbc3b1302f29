import { type FrameType, frameHeaderBytes } from "./frame.ts";

/** One buffer of what is put out together; larger payloads than a quarter of it go by themselves, uncopied. */
const bufferBytes = 32_768;
const longestCopied = bufferBytes / 4;

/** Takes buffers in their order; they belong to it. */
export type FrameSink = (buffers: readonly Buffer[], bytes: number) => void;

/**
 * Puts frames one behind the other into few buffers, so that what is written in one turn of the event loop goes to the
 * socket in one call.
 */
export class FrameWriter {
  #buffer = Buffer.allocUnsafeSlow(bufferBytes);
  #start = 0;
  #at = 0;
  #full: Buffer[] = [];
  #bytes = 0;

  /** What waits to be taken, in octets. */
  get pendingBytes(): number {
    return this.#bytes;
  }

  /** Hands what waits to the sink. */
  flush(sink: FrameSink): void {
    if (this.#bytes === 0) return;
    this.#cut();
    const full = this.#full;
    const bytes = this.#bytes;
    this.#full = [];
    this.#bytes = 0;
    sink(full, bytes);
  }

  /** Writes the head of a frame whose payload follows. */
  head(type: number, flags: number, streamId: number, length: number): void {
    const at = this.#reserve(frameHeaderBytes);
    const buffer = this.#buffer;
    buffer[at] = length >>> 16;
    buffer[at + 1] = length >>> 8;
    buffer[at + 2] = length;
    buffer[at + 3] = type;
    buffer[at + 4] = flags;
    buffer.writeUInt32BE(streamId, at + 5);
  }

  /** Writes octets of a payload; large ones are kept as they are until they have been sent. */
  payload(bytes: Uint8Array, start = 0, end: number = bytes.length): void {
    const length = end - start;
    if (length > longestCopied) {
      this.#cut();
      this.#full.push(Buffer.from(bytes.buffer, bytes.byteOffset + start, length));
      this.#bytes += length;
      return;
    }
    const at = this.#reserve(length);
    if (length > 64) this.#buffer.set(start === 0 && length === bytes.length ? bytes : bytes.subarray(start, end), at);
    else for (let offset = 0; offset < length; offset++) this.#buffer[at + offset] = bytes[start + offset] ?? 0;
  }

  /** Writes a number of four octets. */
  number(value: number): void {
    const at = this.#reserve(4); // before the buffer is looked at: it may be another one afterwards
    this.#buffer.writeUInt32BE(value, at);
  }

  /** Writes a frame whose payload is one number: RST_STREAM, WINDOW_UPDATE. */
  numberFrame(
    type: typeof FrameType.RST_STREAM | typeof FrameType.WINDOW_UPDATE,
    streamId: number,
    value: number,
  ): void {
    this.head(type, 0, streamId, 4);
    this.number(value);
  }

  #reserve(bytes: number): number {
    if (this.#at + bytes > bufferBytes) {
      this.#cut();
      this.#buffer = Buffer.allocUnsafeSlow(bufferBytes);
      this.#start = this.#at = 0;
    }
    const at = this.#at;
    this.#at += bytes;
    this.#bytes += bytes;
    return at;
  }

  /** Ends the piece that is being written; the rest of its buffer is for the next one. */
  #cut(): void {
    if (this.#at > this.#start) this.#full.push(this.#buffer.subarray(this.#start, this.#at));
    this.#start = this.#at;
  }
}
