import { ConnectionError } from "../errors.ts";
import { ErrorCode, Flag, FrameType } from "../frames/frame.ts";

/** A field section that goes on in CONTINUATION frames; nothing else may come in between. @see RFC 9113, section 6.10 */
interface Unfinished {
  readonly streamId: number;
  readonly isEnd: boolean;
  readonly parts: Buffer[];
  bytes: number;
}

/** Gets a whole block, between `start` and `end`. */
export type BlockListener = (streamId: number, bytes: Buffer, start: number, end: number, isEnd: boolean) => void;

/** More frames than this for one block are a flood, however small they are (CVE-2024-27316 and its kin). */
const mostContinuations = 128;

/** Puts header blocks together from HEADERS and CONTINUATION frames. */
export class HeaderBlocks {
  readonly #maxBlockBytes: number;
  readonly #listener: BlockListener;
  #unfinished: Unfinished | undefined;

  /** @param maxBlockBytes of one block as it is encoded */
  constructor(maxBlockBytes: number, listener: BlockListener) {
    this.#maxBlockBytes = maxBlockBytes;
    this.#listener = listener;
  }

  /** @throws {ConnectionError} PROTOCOL_ERROR when a block is unfinished and this frame does not go on with it */
  checkOrder(type: number, streamId: number): void {
    if (this.#unfinished === undefined) return;
    if (type === FrameType.CONTINUATION && streamId === this.#unfinished.streamId) return;
    throw new ConnectionError(ErrorCode.PROTOCOL_ERROR, "a frame within a field section (section 6.10)");
  }

  /** Takes a HEADERS frame. */
  begin(flags: number, streamId: number, bytes: Buffer, start: number, end: number): void {
    const isEnd = (flags & Flag.END_STREAM) !== 0;
    const { from, to } = fragmentOf(flags, bytes, start, end);
    if (flags & Flag.END_HEADERS) {
      this.#listener(streamId, bytes, from, to, isEnd);
      return;
    }
    this.#unfinished = { streamId, isEnd, parts: [], bytes: 0 };
    this.#add(this.#unfinished, bytes.subarray(from, to));
  }

  /** Takes a CONTINUATION frame. */
  continue(flags: number, bytes: Buffer, start: number, end: number): void {
    const block = this.#unfinished;
    if (block === undefined) {
      throw new ConnectionError(ErrorCode.PROTOCOL_ERROR, "CONTINUATION of nothing (section 6.10)");
    }
    this.#add(block, bytes.subarray(start, end));
    if ((flags & Flag.END_HEADERS) === 0) return;
    this.#unfinished = undefined;
    const whole = Buffer.concat(block.parts, block.bytes);
    this.#listener(block.streamId, whole, 0, whole.length, block.isEnd);
  }

  #add(block: Unfinished, part: Buffer): void {
    block.parts.push(part);
    block.bytes += part.length;
    if (block.bytes > this.#maxBlockBytes || block.parts.length > mostContinuations) {
      throw new ConnectionError(ErrorCode.ENHANCE_YOUR_CALM, "a field section that goes on and on (section 10.5.1)");
    }
  }
}

/** Where a HEADERS frame's part of the block lies: without padding, and without the priority that nobody heeds. */
function fragmentOf(flags: number, bytes: Buffer, start: number, end: number): { from: number; to: number } {
  const { from, to } = withoutPadding(flags, bytes, start, end);
  const after = from + (flags & Flag.PRIORITY ? 5 : 0);
  if (after > to)
    throw new ConnectionError(ErrorCode.FRAME_SIZE_ERROR, "HEADERS without room for its priority (section 6.2)");
  return { from: after, to };
}

/** @throws {ConnectionError} when the padding is as long as what it pads: sections 6.1 and 6.2 */
export function withoutPadding(flags: number, bytes: Buffer, start: number, end: number): { from: number; to: number } {
  if ((flags & Flag.PADDED) === 0) return { from: start, to: end };
  if (start === end)
    throw new ConnectionError(ErrorCode.FRAME_SIZE_ERROR, "a padded frame without its length (section 6.1)");
  const to = end - (bytes[start] ?? 0);
  if (to < start + 1) throw new ConnectionError(ErrorCode.PROTOCOL_ERROR, "more padding than payload (section 6.1)");
  return { from: start + 1, to };
}
