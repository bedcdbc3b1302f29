import { ErrorCode, frameHeaderBytes } from "./frame.ts";
import { ConnectionError } from "../errors.ts";

/**
 * A frame as it lies in a chunk from the socket: its payload is between `start` and `end` of `bytes`, which are not copied
 * and may be kept.
 */
export type FrameListener = (
  type: number,
  flags: number,
  streamId: number,
  bytes: Buffer,
  start: number,
  end: number,
) => void;

/**
 * Cuts what comes from a socket into frames.
 *
 * Many small frames arrive in one chunk: each is told of where it lies, and nothing is allocated for it. A frame that is
 * spread over chunks is put together once, when its last octet is there.
 */
export class FrameReader {
  readonly #listener: FrameListener;
  readonly #maxFrameBytes: number;
  /** The beginning of a frame whose end has not come. */
  #parts: Buffer[] = [];
  #partBytes = 0;
  #neededBytes = frameHeaderBytes;

  /** @param maxFrameBytes what our SETTINGS_MAX_FRAME_SIZE says */
  constructor(maxFrameBytes: number, listener: FrameListener) {
    this.#maxFrameBytes = maxFrameBytes;
    this.#listener = listener;
  }

  /** What is kept of a frame that has not ended, in octets. */
  get pendingBytes(): number {
    return this.#partBytes;
  }

  /**
   * Takes a chunk and tells of every frame that it completes.
   *
   * @throws {ConnectionError} FRAME_SIZE_ERROR when a frame is too large; whatever the listener throws
   */
  read(chunk: Buffer): void {
    let bytes = chunk;
    if (this.#partBytes > 0) {
      this.#parts.push(chunk);
      this.#partBytes += chunk.length;
      if (this.#partBytes < this.#neededBytes) return;
      bytes = Buffer.concat(this.#parts, this.#partBytes);
      this.#parts = [];
      this.#partBytes = 0;
    }
    const rest = this.#readFrames(bytes);
    if (rest === bytes.length) return;
    this.#parts.push(rest === 0 ? bytes : bytes.subarray(rest));
    this.#partBytes = bytes.length - rest;
  }

  /** @returns where the first frame begins that is not complete */
  #readFrames(bytes: Buffer): number {
    let at = 0;
    while (bytes.length - at >= frameHeaderBytes) {
      const length = ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
      if (length > this.#maxFrameBytes) {
        throw new ConnectionError(ErrorCode.FRAME_SIZE_ERROR, `a frame of ${length} octets (RFC 9113, section 4.2)`);
      }
      const start = at + frameHeaderBytes;
      const end = start + length;
      if (end > bytes.length) {
        this.#neededBytes = frameHeaderBytes + length;
        return at;
      }
      this.#listener(
        bytes[at + 3] ?? 0,
        bytes[at + 4] ?? 0,
        bytes.readUInt32BE(at + 5) & 0x7fff_ffff,
        bytes,
        start,
        end,
      );
      at = end;
    }
    this.#neededBytes = frameHeaderBytes;
    return at;
  }
}
