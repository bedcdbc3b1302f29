import type { Duplex } from "node:stream";
import { ConnectionError } from "../errors.ts";
import { ErrorCode, Flag, FrameType, initialWindowBytes, largestWindowBytes } from "../frames/frame.ts";
import { FrameWriter } from "../frames/frame-writer.ts";
import { HpackEncoder } from "../hpack/encoder.ts";
import type { HeaderList } from "../hpack/header-list.ts";
import { type FloodGuard, floodRefund } from "./flood-guard.ts";
import type { PeerSettings } from "./settings.ts";

/** Data stays with its stream while so much waits for the socket, or a quarter of what may wait, in octets. */
const highestWaterBytes = 262_144;

/** Frames go out before the turn is over when they are those of a first number of streams, then of so many times as many. */
const batchFactor = 4;

/** Longer frames are not sent, whatever the peer takes: streams are to have their turns. */
const longestDataBytes = 65_536;

/** What a stream has for the connection to send, as windows and socket allow. */
export interface Sender {
  readonly id: number;
  /** What the peer allows on this stream, in octets; a change of settings can make it negative. */
  sendWindow: number;
  /** Whether it waits for its turn; kept by the connection. */
  isBlocked: boolean;
  /** Sends one frame, or what ends the stream. @returns whether there is more */
  sendNext(): boolean;
}

export interface OutboundOptions {
  readonly peer: Readonly<PeerSettings>;
  readonly guard: FloodGuard;
  /** What may wait for the socket, in octets. */
  readonly maxBufferedBytes: number;
  /** After how many streams frames go out for the first time in a turn. */
  readonly firstBatch: number;
  readonly fail: (error: ConnectionError) => void;
}

/**
 * What a connection sends: frames in their order, within the peer's windows and as far as the socket takes them.
 *
 * They are put out together at the end of the turn, and before that when they are those of enough streams: the peer works on
 * them while we go on. Each time in a turn it takes more of them, or a thousand requests at once would be a thousand writes.
 */
export class Outbound {
  readonly encoder = new HpackEncoder();
  readonly #socket: Duplex;
  readonly #peer: Readonly<PeerSettings>;
  readonly #guard: FloodGuard;
  readonly #maxBufferedBytes: number;
  readonly #highWaterBytes: number;
  readonly #longestDataBytes: number;
  readonly #fail: (error: ConnectionError) => void;
  readonly #writer = new FrameWriter();
  /** What the peer allows on all streams together. */
  #window = initialWindowBytes;
  /** Streams that have data which could not be sent, in the order of their turns. */
  readonly #blocked: Sender[] = [];
  #waitingBytes = 0;
  readonly #firstBatch: number;
  /** Whose frame was the last one; 0 at the beginning of a turn. */
  #lastStreamId = 0;
  /** Of how many streams frames were written in this turn, and after how many they go out next. */
  #streams = 0;
  #batchEnd: number;
  #isScheduled = false;
  #isEnding = false;

  constructor(socket: Duplex, { peer, guard, maxBufferedBytes, firstBatch, fail }: OutboundOptions) {
    this.#socket = socket;
    this.#peer = peer;
    this.#guard = guard;
    this.#maxBufferedBytes = maxBufferedBytes;
    this.#highWaterBytes = Math.min(highestWaterBytes, maxBufferedBytes / 4);
    this.#longestDataBytes = Math.min(longestDataBytes, this.#highWaterBytes);
    this.#firstBatch = this.#batchEnd = firstBatch;
    this.#fail = fail;
    socket.on("drain", () => this.pump());
  }

  /** What waits for the socket, in octets. */
  get bufferedBytes(): number {
    return this.#writer.pendingBytes + this.#socket.writableLength;
  }

  /** What waits with the streams, for windows and socket, in octets. */
  get waitingBytes(): number {
    return this.#waitingBytes;
  }

  /** So much more waits with a stream, or less. */
  noteWaiting(bytes: number): void {
    this.#waitingBytes += bytes;
  }

  /** Octets that stand before every frame: the client's preface. */
  preface(bytes: Buffer): void {
    this.#writer.payload(bytes);
    this.#schedule();
  }

  /** Writes a field section; one that is larger than a frame goes on in CONTINUATION frames. */
  headers(streamId: number, fields: HeaderList, passing: HeaderList | undefined, isEnd: boolean): void {
    this.#begin(streamId);
    const block = this.encoder.encode(fields, passing);
    const { maxFrameBytes } = this.#peer;
    const endStream = isEnd ? Flag.END_STREAM : 0;
    if (block.length <= maxFrameBytes) {
      this.#writer.head(FrameType.HEADERS, endStream | Flag.END_HEADERS, streamId, block.length);
      this.#writer.payload(block);
    } else {
      for (let at = 0; at < block.length; at += maxFrameBytes) {
        const end = Math.min(block.length, at + maxFrameBytes);
        const type = at === 0 ? FrameType.HEADERS : FrameType.CONTINUATION;
        const flags = (at === 0 ? endStream : 0) | (end === block.length ? Flag.END_HEADERS : 0);
        this.#writer.head(type, flags, streamId, end - at);
        this.#writer.payload(block, at, end);
      }
    }
    this.#schedule();
  }

  /**
   * Writes as much data as one frame, the windows and the socket take.
   *
   * @param isEnd whether the stream ends with the last of it
   * @returns how many octets; less than there are when the stream has to wait
   */
  data(sender: Sender, bytes: Uint8Array, start: number, isEnd: boolean): number {
    const left = bytes.length - start;
    const room = this.bufferedBytes < this.#highWaterBytes ? this.#longestDataBytes : 0;
    const length = Math.max(0, Math.min(left, room, this.#peer.maxFrameBytes, this.#window, sender.sendWindow));
    if (length === 0 && left > 0) return 0;
    this.#begin(sender.id);
    this.#window -= length;
    sender.sendWindow -= length;
    this.#guard.refund(floodRefund.data);
    this.#writer.head(FrameType.DATA, isEnd && length === left ? Flag.END_STREAM : 0, sender.id, length);
    this.#writer.payload(bytes, start, start + length);
    this.#schedule();
    return length;
  }

  reset(streamId: number, code: number): void {
    this.#writer.numberFrame(FrameType.RST_STREAM, streamId, code);
    this.#schedule();
  }

  /** Allows the peer more; 0 stands for the connection. */
  windowUpdate(streamId: number, bytes: number): void {
    this.#writer.numberFrame(FrameType.WINDOW_UPDATE, streamId, bytes);
    this.#schedule();
  }

  settings(entries: readonly (readonly [id: number, value: number])[]): void {
    const payload = Buffer.allocUnsafe(6 * entries.length);
    for (const [at, [id, value]] of entries.entries()) {
      payload.writeUInt16BE(id, 6 * at);
      payload.writeUInt32BE(value, 6 * at + 2);
    }
    this.#frame(FrameType.SETTINGS, 0, payload);
  }

  acknowledgeSettings(): void {
    this.#frame(FrameType.SETTINGS, Flag.ACK, Buffer.alloc(0));
  }

  ping(payload: Buffer, isAnswer: boolean): void {
    this.#frame(FrameType.PING, isAnswer ? Flag.ACK : 0, payload);
  }

  goaway(lastStreamId: number, code: number, reason: string): void {
    const debug = Buffer.from(reason, "latin1");
    this.#writer.head(FrameType.GOAWAY, 0, 0, 8 + debug.length);
    this.#writer.number(lastStreamId);
    this.#writer.number(code);
    this.#writer.payload(debug);
    this.#schedule();
  }

  /** The stream has data that could not be sent: it gets its turn when there is room. */
  wait(sender: Sender): void {
    if (sender.isBlocked) return;
    sender.isBlocked = true;
    this.#blocked.push(sender);
  }

  /** The stream is over. */
  forget(sender: Sender): void {
    if (!sender.isBlocked) return;
    sender.isBlocked = false;
    const at = this.#blocked.indexOf(sender);
    if (at >= 0) this.#blocked.splice(at, 1);
  }

  /** The peer allows more on the connection. @throws {ConnectionError} FLOW_CONTROL_ERROR: section 6.9.1 */
  widen(bytes: number): void {
    this.#window += bytes;
    if (this.#window > largestWindowBytes) {
      throw new ConnectionError(ErrorCode.FLOW_CONTROL_ERROR, "the connection's window overflows (section 6.9.1)");
    }
    this.pump();
  }

  /** Gives the streams that wait their turns, a frame each, until nothing more can be sent. */
  pump(): void {
    for (let inVain = 0; inVain < this.#blocked.length && this.#hasRoom();) {
      const sender = this.#blocked.shift();
      if (sender === undefined) return;
      const before = this.#writer.pendingBytes;
      if (sender.sendNext()) this.#blocked.push(sender);
      else sender.isBlocked = false;
      inVain = this.#writer.pendingBytes > before ? 0 : inVain + 1;
    }
  }

  #hasRoom(): boolean {
    return this.#window > 0 && this.bufferedBytes < this.#highWaterBytes;
  }

  /** Writes what waits, at once, and says that nothing follows. */
  end(): void {
    this.#isEnding = true;
    this.#flush();
    this.#socket.end();
  }

  #frame(type: number, flags: number, payload: Buffer): void {
    this.#writer.head(type, flags, 0, payload.length);
    this.#writer.payload(payload);
    this.#schedule();
  }

  /** To be called before a frame of a stream. */
  #begin(streamId: number): void {
    if (streamId === this.#lastStreamId) return;
    this.#lastStreamId = streamId;
    if (this.#streams++ < this.#batchEnd) return;
    this.#batchEnd *= batchFactor;
    this.#write();
  }

  /** To be called behind a whole frame. */
  #schedule(): void {
    if (this.#isEnding || this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(this.#flush);
  }

  readonly #flush = (): void => {
    this.#isScheduled = false;
    this.#lastStreamId = this.#streams = 0;
    this.#batchEnd = this.#firstBatch;
    this.#write();
    this.pump();
  };

  /** Hands what is written to the socket, in one call. */
  #write(): void {
    if (this.#socket.destroyed || this.#socket.writableEnded) return;
    this.#writer.flush((buffers) => {
      if (buffers.length === 1) {
        this.#socket.write(buffers[0]);
        return;
      }
      this.#socket.cork();
      for (const buffer of buffers) this.#socket.write(buffer);
      this.#socket.uncork();
    });
    // Data waits with its streams; what piles up here are answers to a peer that does not read them.
    if (this.#socket.writableLength > this.#maxBufferedBytes && !this.#isEnding) {
      this.#fail(new ConnectionError(ErrorCode.ENHANCE_YOUR_CALM, "the peer does not read what it is sent"));
    }
  }
}
