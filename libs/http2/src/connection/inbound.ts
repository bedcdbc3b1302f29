import { ConnectionError, StreamError } from "../errors.ts";
import { ErrorCode, Flag, FrameType, initialMaxFrameBytes } from "../frames/frame.ts";
import { type FrameListener, FrameReader } from "../frames/frame-reader.ts";
import { type FloodGuard, floodCost } from "./flood-guard.ts";
import { type BlockListener, HeaderBlocks, withoutPadding } from "./header-block.ts";

/** A GOAWAY's reason is cut to so many octets. */
const longestReasonBytes = 200;

/** Is told what the peer's frames say; what it throws ends the stream, or the connection. */
export interface InboundListener {
  /** A part of a body lies between `start` and `end` of `bytes`. @param paddedBytes what it counts by, its padding included */
  onData(streamId: number, bytes: Buffer, start: number, end: number, paddedBytes: number, isEnd: boolean): void;
  /** A whole field section has come, as it is encoded. */
  readonly onBlock: BlockListener;
  onReset(streamId: number, code: number): void;
  /** The payload of a SETTINGS frame. */
  onSettings(bytes: Buffer, start: number, end: number): void;
  onSettingsAcknowledged(): void;
  onPing(payload: Buffer): void;
  onPingAnswer(payload: Buffer): void;
  onGoaway(lastStreamId: number, code: number, reason: string): void;
  /** @param streamId 0 for the connection */
  onWindowUpdate(streamId: number, bytes: number): void;
  /** A frame has broken the rules of its stream. */
  onStreamError(streamId: number, error: StreamError): void;
}

/** What a connection receives: octets are cut into frames, and each is held to the rules that it can break by itself. */
export class Inbound {
  readonly #listener: InboundListener;
  readonly #guard: FloodGuard;
  readonly #reader: FrameReader;
  readonly #blocks: HeaderBlocks;
  #hasSettings = false;
  #isStopped = false;

  /** @param maxBlockBytes of a field section as it is encoded */
  constructor(maxBlockBytes: number, guard: FloodGuard, listener: InboundListener) {
    this.#listener = listener;
    this.#guard = guard;
    this.#reader = new FrameReader(initialMaxFrameBytes, this.#readFrame);
    this.#blocks = new HeaderBlocks(maxBlockBytes, listener.onBlock);
  }

  /** Takes a chunk from the socket. @throws {ConnectionError | HpackError} */
  read(chunk: Buffer): void {
    this.#reader.read(chunk);
  }

  /** What follows is not listened to, be it in the same chunk. */
  stop(): void {
    this.#isStopped = true;
  }

  readonly #readFrame: FrameListener = (type, flags, streamId, bytes, start, end) => {
    if (this.#isStopped) return;
    this.#blocks.checkOrder(type, streamId);
    if (!this.#hasSettings && (type !== FrameType.SETTINGS || flags & Flag.ACK)) {
      throw new ConnectionError(ErrorCode.PROTOCOL_ERROR, "the first frame is not SETTINGS (section 3.4)");
    }
    try {
      this.#dispatch(type, flags, streamId, bytes, start, end);
    } catch (error) {
      if (!(error instanceof StreamError)) throw error;
      this.#listener.onStreamError(streamId, error);
    }
  };

  #dispatch(type: number, flags: number, streamId: number, bytes: Buffer, start: number, end: number): void {
    switch (type) {
      case FrameType.DATA:
        return this.#readData(flags, streamId, bytes, start, end);
      case FrameType.HEADERS:
        checkStream(streamId, "HEADERS");
        return this.#blocks.begin(flags, streamId, bytes, start, end);
      case FrameType.CONTINUATION:
        return this.#blocks.continue(flags, bytes, start, end);
      case FrameType.PRIORITY:
        checkStream(streamId, "PRIORITY");
        if (end - start !== 5) throw new StreamError(ErrorCode.FRAME_SIZE_ERROR, "PRIORITY (section 6.3)");
        return this.#guard.charge(floodCost.priority, "PRIORITY frames");
      case FrameType.RST_STREAM:
        checkStream(streamId, "RST_STREAM");
        checkBytes(end - start, 4, "RST_STREAM (section 6.4)");
        return this.#listener.onReset(streamId, bytes.readUInt32BE(start));
      case FrameType.SETTINGS:
        return this.#readSettings(flags, streamId, bytes, start, end);
      case FrameType.PUSH_PROMISE:
        throw new ConnectionError(ErrorCode.PROTOCOL_ERROR, "a push that was not asked for (section 8.4)");
      case FrameType.PING:
        return this.#readPing(flags, streamId, bytes, start, end);
      case FrameType.GOAWAY:
        return this.#readGoaway(streamId, bytes, start, end);
      case FrameType.WINDOW_UPDATE:
        checkBytes(end - start, 4, "WINDOW_UPDATE (section 6.9)");
        this.#guard.charge(floodCost.window, "WINDOW_UPDATE frames");
        return this.#listener.onWindowUpdate(streamId, bytes.readUInt32BE(start) & 0x7fff_ffff);
      default: // Frames of extensions are ignored: section 5.5.
        return this.#guard.charge(floodCost.control, "unknown frames");
    }
  }

  #readData(flags: number, streamId: number, bytes: Buffer, start: number, end: number): void {
    checkStream(streamId, "DATA");
    const { from, to } = withoutPadding(flags, bytes, start, end);
    const isEnd = (flags & Flag.END_STREAM) !== 0;
    if (from === to && !isEnd) this.#guard.charge(floodCost.empty, "empty DATA frames");
    this.#listener.onData(streamId, bytes, from, to, end - start, isEnd);
  }

  #readSettings(flags: number, streamId: number, bytes: Buffer, start: number, end: number): void {
    checkConnection(streamId, "SETTINGS");
    if (flags & Flag.ACK) {
      checkBytes(end - start, 0, "an acknowledgement with settings (section 6.5)");
      return this.#listener.onSettingsAcknowledged();
    }
    this.#guard.charge(floodCost.control, "SETTINGS frames");
    this.#listener.onSettings(bytes, start, end);
    this.#hasSettings = true;
  }

  #readPing(flags: number, streamId: number, bytes: Buffer, start: number, end: number): void {
    checkConnection(streamId, "PING");
    checkBytes(end - start, 8, "PING (section 6.7)");
    const payload = bytes.subarray(start, end);
    if (flags & Flag.ACK) return this.#listener.onPingAnswer(payload);
    this.#guard.charge(floodCost.control, "pings");
    this.#listener.onPing(payload);
  }

  #readGoaway(streamId: number, bytes: Buffer, start: number, end: number): void {
    checkConnection(streamId, "GOAWAY");
    if (end - start < 8) throw new ConnectionError(ErrorCode.FRAME_SIZE_ERROR, "GOAWAY (section 6.8)");
    this.#listener.onGoaway(
      bytes.readUInt32BE(start) & 0x7fff_ffff,
      bytes.readUInt32BE(start + 4),
      bytes.toString("latin1", start + 8, Math.min(end, start + 8 + longestReasonBytes)),
    );
  }
}

function checkStream(streamId: number, what: string): void {
  if (streamId === 0) throw new ConnectionError(ErrorCode.PROTOCOL_ERROR, `${what} without a stream (section 6)`);
}

function checkConnection(streamId: number, what: string): void {
  if (streamId !== 0) throw new ConnectionError(ErrorCode.PROTOCOL_ERROR, `${what} on a stream (section 6)`);
}

function checkBytes(length: number, expected: number, what: string): void {
  if (length !== expected) throw new ConnectionError(ErrorCode.FRAME_SIZE_ERROR, what);
}
