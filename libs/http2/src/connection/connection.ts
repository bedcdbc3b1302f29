import type { Duplex } from "node:stream";
import { ConnectionError, StreamError } from "../errors.ts";
import { ErrorCode, Setting, errorCodeName, initialWindowBytes, largestWindowBytes } from "../frames/frame.ts";
import { type DecodedBlock, HpackDecoder } from "../hpack/decoder.ts";
import { HpackError } from "../hpack/hpack-error.ts";
import { readTrailers } from "../messages/response-head.ts";
import { FloodGuard, floodCost, floodRefund } from "./flood-guard.ts";
import { Inbound, type InboundListener } from "./inbound.ts";
import { OpenStreams } from "./open-streams.ts";
import { type ConnectionOptions, readOptions } from "./options.ts";
import { Outbound } from "./outbound.ts";
import { type PeerSettings, initialPeerSettings, readSettings } from "./settings.ts";
import type { Stream, StreamEnd, StreamListener, StreamOwner } from "./stream.ts";
import { Watch } from "./watch.ts";

/** Streams that we broke off, whose late frames are dropped; those before them are long over. */
const mostRemembered = 1000;

/**
 * After how many streams frames go out for the first time in a turn. A client's first request goes at once: its server has
 * nothing else to do, and pairs with 8 calls or 16 streams under way were 1.6 times as fast by it. A server that is busy gets
 * many requests in one chunk; where it answered them one by one it answered fewer, by TLS a third fewer.
 */
const firstBatch = { ofClient: 1, ofServer: 32 };

/** After our GOAWAY a peer that does not close is left alone for so long, in milliseconds. */
const lingerMs = 1000;

/** What both ends of a connection do: streams and windows are kept, rules enforced, and its end is told to all. */
export abstract class Connection<Listener extends StreamListener> implements StreamOwner, InboundListener {
  readonly outbound: Outbound;
  protected readonly options: ConnectionOptions;
  protected readonly peer: PeerSettings = initialPeerSettings();
  protected readonly streams = new OpenStreams<Stream<Listener>>();
  protected readonly guard: FloodGuard;
  protected readonly watch: Watch;
  /** The highest stream of the peer that has been taken up. */
  protected lastPeerStreamId = 0;
  readonly #socket: Duplex;
  readonly #peerRole: "client" | "server";
  readonly #decoder = new HpackDecoder();
  readonly #inbound: Inbound;
  readonly #brokenOff = new Set<number>();
  readonly #onClosed: (error: Error | undefined) => void;
  #receiveWindow: number;
  #untoldBytes = 0;
  #isClosed = false;

  protected constructor(
    socket: Duplex,
    peerRole: "client" | "server",
    options: Partial<ConnectionOptions>,
    onClosed: (error: Error | undefined) => void,
  ) {
    this.options = readOptions(options);
    this.guard = new FloodGuard(this.options.maxResetsPerSecond);
    this.#socket = socket;
    this.#peerRole = peerRole;
    this.#onClosed = onClosed;
    this.#receiveWindow = this.options.connectionWindowBytes;
    this.outbound = new Outbound(socket, {
      peer: this.peer,
      guard: this.guard,
      maxBufferedBytes: this.options.maxBufferedBytes,
      firstBatch: peerRole === "server" ? firstBatch.ofClient : firstBatch.ofServer,
      fail: (error) => this.fail(error),
    });
    this.#inbound = new Inbound(2 * this.options.maxHeaderListBytes, this.guard, this);
    this.watch = new Watch(this.options, {
      ping: (payload) => this.outbound.ping(payload, false),
      lost: (reason) => this.#lose(new Error(reason)),
      retire: () => this.shutdown(),
    });
    socket.on("error", (error) => this.#lose(error));
    socket.on("close", () => this.#lose(new Error("the connection was closed")));
    socket.on("end", () => this.#endedByPeer());
  }

  /** How many streams are open. */
  get openStreams(): number {
    return this.streams.size;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /**
   * Lets what is under way end, and takes up nothing new; then the connection closes.
   *
   * @see RFC 9113, section 6.8
   */
  abstract shutdown(): void;

  /** Ends the connection at once: the streams that are open are lost. */
  destroy(error: Error = new Error("the connection was destroyed")): void {
    this.#lose(error);
    this.#socket.destroy();
  }

  /** Takes what comes from the socket. */
  protected read(chunk: Buffer): void {
    this.watch.noteRead();
    try {
      this.#inbound.read(chunk);
    } catch (error) {
      if (error instanceof ConnectionError) this.fail(error);
      else if (error instanceof HpackError) this.fail(new ConnectionError(ErrorCode.COMPRESSION_ERROR, error.message));
      else this.fail(new ConnectionError(ErrorCode.INTERNAL_ERROR, "internal error", { cause: error }));
    }
  }

  /** Says which settings are ours, and how much may be sent to us. */
  protected start(): void {
    const { maxConcurrentStreams, streamWindowBytes, maxHeaderListBytes, connectionWindowBytes } = this.options;
    this.outbound.settings([
      this.#peerRole === "client" ? [Setting.MAX_CONCURRENT_STREAMS, maxConcurrentStreams] : [Setting.ENABLE_PUSH, 0],
      [Setting.INITIAL_WINDOW_SIZE, streamWindowBytes],
      [Setting.MAX_HEADER_LIST_SIZE, maxHeaderListBytes],
    ]);
    if (connectionWindowBytes > initialWindowBytes) {
      this.outbound.windowUpdate(0, connectionWindowBytes - initialWindowBytes);
    }
    this.#socket.on("data", (chunk: Buffer) => this.read(chunk));
  }

  /** A whole field section has come; undefined when it is above the bound. @throws {ConnectionError | StreamError} */
  protected abstract receiveHeaders(streamId: number, block: DecodedBlock | undefined, isEnd: boolean): void;

  /** Whether the stream has not begun: what is said of it is out of order. */
  protected abstract isIdle(streamId: number): boolean;

  /** The peer takes up no stream above this one. */
  abstract onGoaway(lastStreamId: number, code: number, reason: string): void;

  /** A connection error: the peer is told, and all is lost. */
  protected fail(error: ConnectionError): void {
    if (this.#isClosed) return;
    this.outbound.goaway(this.lastPeerStreamId, error.code, error.message.slice(0, 200));
    this.outbound.end();
    this.#socket.removeAllListeners("data").resume();
    setTimeout(() => this.#socket.destroy(), lingerMs).unref();
    this.#close(error);
  }

  /** Ends a connection on which nothing is under way any more. */
  protected finish(): void {
    if (this.#isClosed) return;
    this.outbound.end();
    setTimeout(() => this.#socket.destroy(), lingerMs).unref();
    this.#close(undefined);
  }

  consumed(bytes: number): void {
    this.#untoldBytes += bytes;
    if (this.#untoldBytes * 2 < this.options.connectionWindowBytes || this.#isClosed) return;
    this.outbound.windowUpdate(0, this.#untoldBytes);
    this.#receiveWindow += this.#untoldBytes;
    this.#untoldBytes = 0;
  }

  closed(stream: Stream, end: StreamEnd): void {
    this.streams.delete(stream.id);
    if (end.tag === "reset" && end.by === "us") this.#remember(stream.id);
    if (end.tag === "done") this.guard.refund(floodRefund.stream);
    this.watch.noteStreams(this.streams.size);
  }

  /** Refuses a stream that has not been taken up; late frames of it are dropped. */
  protected refuse(streamId: number, code: ErrorCode): void {
    this.outbound.reset(streamId, code);
    this.#remember(streamId);
  }

  #remember(streamId: number): void {
    this.#brokenOff.add(streamId);
    if (this.#brokenOff.size <= mostRemembered) return;
    for (const oldest of this.#brokenOff) {
      this.#brokenOff.delete(oldest);
      break;
    }
  }

  /** A peer may leave when nothing is under way. */
  #endedByPeer(): void {
    if (this.streams.size > 0) this.#lose(new Error("the peer closed the connection"));
    else this.finish();
  }

  #lose(error: Error): void {
    if (this.#isClosed) return;
    this.#close(error);
    this.#socket.destroy();
  }

  #close(error: Error | undefined): void {
    this.#isClosed = true;
    this.#inbound.stop();
    this.watch.stop();
    const lost = error ?? new Error("the connection was closed");
    for (const stream of this.streams.all()) stream.close({ tag: "lost", error: lost });
    this.#onClosed(error);
  }

  onData(streamId: number, bytes: Buffer, start: number, end: number, paddedBytes: number, isEnd: boolean): void {
    this.#receiveWindow -= paddedBytes;
    if (this.#receiveWindow < 0) {
      throw new ConnectionError(ErrorCode.FLOW_CONTROL_ERROR, "data beyond the connection's window (section 6.9.1)");
    }
    const stream = this.streams.get(streamId);
    if (stream !== undefined) return stream.receiveData(bytes, start, end, paddedBytes, isEnd);
    this.consumed(paddedBytes);
    this.checkLate(streamId, "DATA");
  }

  onStreamError(streamId: number, error: StreamError): void {
    const stream = this.streams.get(streamId);
    this.guard.charge(floodCost.reset, "malformed messages");
    if (stream === undefined) this.refuse(streamId, error.code);
    else stream.reset(error.code, error.message);
  }

  /** Frames on a stream that is not open: dropped when we broke it off, since the peer may not know; else against the rules. */
  protected checkLate(streamId: number, what: string): void {
    if (this.isIdle(streamId)) {
      throw new ConnectionError(ErrorCode.PROTOCOL_ERROR, `${what} on an idle stream (section 5.1)`);
    }
    if (this.#brokenOff.has(streamId)) return;
    throw new ConnectionError(ErrorCode.STREAM_CLOSED, `${what} on a closed stream (section 5.1)`);
  }

  readonly onBlock = (streamId: number, bytes: Buffer, start: number, end: number, isEnd: boolean): void => {
    const block = this.#decoder.decode(bytes, start, end, this.options.maxHeaderListBytes);
    this.receiveHeaders(streamId, block, isEnd);
  };

  /** The fields that end a message. @throws {StreamError} */
  protected receiveTrailers(stream: Stream<Listener>, block: DecodedBlock | undefined, isEnd: boolean): void {
    if (stream.isRemoteEnd) throw new StreamError(ErrorCode.STREAM_CLOSED, "HEADERS after the end (section 5.1)");
    if (!isEnd) throw new StreamError(ErrorCode.PROTOCOL_ERROR, "trailers that do not end the stream (section 8.1)");
    if (block === undefined) throw new StreamError(ErrorCode.ENHANCE_YOUR_CALM, "trailers above the bound");
    stream.receiveTrailers(readTrailers(block.list));
  }

  onReset(streamId: number, code: number): void {
    if (this.isIdle(streamId)) {
      throw new ConnectionError(ErrorCode.PROTOCOL_ERROR, "RST_STREAM on an idle stream (section 6.4)");
    }
    this.guard.charge(floodCost.reset, "resets");
    const stream = this.streams.get(streamId);
    stream?.close(
      code === ErrorCode.REFUSED_STREAM && this.#peerRole === "server"
        ? { tag: "turned away", reason: "the stream was refused" }
        : { tag: "reset", by: "peer", code, reason: errorCodeName(code) },
    );
  }

  onSettings(bytes: Buffer, start: number, end: number): void {
    const before = this.peer.initialWindowBytes;
    readSettings(this.peer, this.#peerRole, bytes, start, end);
    this.outbound.encoder.allowTableBytes(this.peer.headerTableBytes);
    this.#shiftWindows(this.peer.initialWindowBytes - before);
    this.outbound.acknowledgeSettings();
    this.watch.noteSettings();
    this.settingsChanged();
  }

  onSettingsAcknowledged(): void {
    this.watch.noteAcknowledged();
  }

  /** The peer has changed what it allows. */
  protected settingsChanged(): void {}

  /** A changed initial window moves the windows of all streams, below zero too. @see RFC 9113, section 6.9.2 */
  #shiftWindows(bytes: number): void {
    if (bytes === 0) return;
    for (const { sendWindow } of this.streams.all()) {
      if (sendWindow + bytes > largestWindowBytes) {
        throw new ConnectionError(ErrorCode.FLOW_CONTROL_ERROR, "a stream's window overflows (section 6.9.2)");
      }
    }
    for (const stream of this.streams.all()) stream.sendWindow += bytes;
    this.outbound.pump();
  }

  onPing(payload: Buffer): void {
    this.outbound.ping(payload, true);
  }

  onPingAnswer(payload: Buffer): void {
    this.watch.noteAnswer(payload);
  }

  onWindowUpdate(streamId: number, bytes: number): void {
    if (streamId === 0) {
      if (bytes === 0) throw new ConnectionError(ErrorCode.PROTOCOL_ERROR, "WINDOW_UPDATE of 0 (section 6.9)");
      return this.outbound.widen(bytes);
    }
    if (this.isIdle(streamId)) {
      throw new ConnectionError(ErrorCode.PROTOCOL_ERROR, "WINDOW_UPDATE on an idle stream (section 5.1)");
    }
    if (bytes === 0) throw new StreamError(ErrorCode.PROTOCOL_ERROR, "WINDOW_UPDATE of 0 (section 6.9)");
    this.streams.get(streamId)?.widen(bytes);
  }
}
