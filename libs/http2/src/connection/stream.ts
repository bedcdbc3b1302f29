import { StreamError } from "../errors.ts";
import { ErrorCode, largestWindowBytes } from "../frames/frame.ts";
import type { HeaderList } from "../hpack/header-list.ts";
import { malformed } from "../messages/fields.ts";
import { Backlog } from "./backlog.ts";
import type { Outbound, Sender } from "./outbound.ts";

/**
 * How a stream ended.
 *
 * - `done`: both sides said all they had to say
 * - `reset`: one side broke it off
 * - `turned away`: the peer has certainly not processed it, and will not: it may be sent again
 * - `lost`: the connection ended; whether it was processed is not known
 */
export type StreamEnd =
  | { readonly tag: "done" }
  | { readonly tag: "reset"; readonly by: "peer" | "us"; readonly code: number; readonly reason: string }
  | { readonly tag: "turned away"; readonly reason: string }
  | { readonly tag: "lost"; readonly error: Error };

/** Is told what happens on a stream, as it happens; it must not throw. */
export interface StreamListener {
  /**
   * A part of the message's body lies between `start` and `end` of `bytes`, which may be kept. Its octets are to be given back
   * by `consumed`: what is not stops the peer.
   */
  onData(bytes: Buffer, start: number, end: number, isEnd: boolean): void;
  /** The message ends with these fields. */
  onTrailers(fields: HeaderList): void;
  /** There is room again, after a `write` that answered false. */
  onDrain(): void;
  /** Nothing follows. */
  onClosed(end: StreamEnd): void;
}

/** What a stream needs of its connection. */
export interface StreamOwner {
  readonly outbound: Outbound;
  /** The octets were taken: the connection's window may open again. */
  consumed(bytes: number): void;
  /** The stream has ended. */
  closed(stream: Stream, end: StreamEnd): void;
}

/** One for all streams: an object for each would be garbage. */
const done: StreamEnd = { tag: "done" };

/** One request and its response. @see RFC 9113, section 5.1 */
export class Stream<Listener extends StreamListener = StreamListener> implements Sender {
  readonly id: number;
  sendWindow: number;
  isBlocked = false;
  readonly #owner: StreamOwner;
  readonly #windowBytes: number;
  #listener: Listener | undefined;
  /** What the peer may still send, and what of it was taken without having been told. */
  #receiveWindow: number;
  #untoldBytes = 0;
  /** What the listener was told of and has not given back. */
  #heldBytes = 0;
  /** What content-length leaves to come; undefined without it. */
  #bodyBytesLeft: number | undefined;
  #expectsBody = false;
  #backlog: Backlog | undefined;
  #localEnd = false;
  #remoteEnd = false;
  #end: StreamEnd | undefined;

  /**
   * @param sendWindow what the peer lets us send, in octets
   * @param windowBytes what we let the peer send before the reader has taken it
   */
  constructor(id: number, owner: StreamOwner, sendWindow: number, windowBytes: number) {
    this.id = id;
    this.#owner = owner;
    this.sendWindow = sendWindow;
    this.#receiveWindow = this.#windowBytes = windowBytes;
  }

  /** Who is told of it. */
  get listener(): Listener | undefined {
    return this.#listener;
  }

  /** Says who is told of it: once, before anything is received. Whoever made the listener may have ended the stream already. */
  tell(listener: Listener): void {
    this.#listener = listener;
    if (this.#end !== undefined) listener.onClosed(this.#end);
  }

  get isClosed(): boolean {
    return this.#end !== undefined;
  }

  /** Whether nothing can be sent any more. */
  get isLocalEnd(): boolean {
    return this.#localEnd || this.isClosed;
  }

  /** Whether the peer's message has begun, and its body or trailers follow. */
  get hasBegun(): boolean {
    return this.#expectsBody;
  }

  /** Whether the peer has sent all it had to send. */
  get isRemoteEnd(): boolean {
    return this.#remoteEnd || this.isClosed;
  }

  /** What waits for the peer's windows, in octets. */
  get waitingBytes(): number {
    return this.#backlog?.bytes ?? 0;
  }

  /**
   * Sends the fields that a message begins with. What is written once the stream is over goes nowhere.
   *
   * @param fields are remembered by the connection: hand in the very same list again
   * @param passing are not: what differs from message to message
   */
  sendHeaders(fields: HeaderList, passing?: HeaderList, isEnd = false): void {
    if (this.isLocalEnd) return;
    this.#owner.outbound.headers(this.id, fields, passing, isEnd);
    if (isEnd) this.#endLocal();
  }

  /**
   * Sends a part of the body; it must not change any more.
   *
   * @returns whether it went out; false asks to wait for `onDrain` before more is written
   */
  write(bytes: Uint8Array, isEnd = false): boolean {
    if (this.isLocalEnd || this.#backlog?.ending !== undefined || (bytes.length === 0 && !isEnd)) return true;
    let sent = 0;
    if (this.waitingBytes === 0) {
      const { outbound } = this.#owner;
      for (;;) {
        const length = outbound.data(this, bytes, sent, isEnd);
        sent += length;
        if (sent === bytes.length || length === 0) break;
      }
      if (sent === bytes.length) {
        if (isEnd) this.#endLocal();
        return true;
      }
      outbound.wait(this);
    }
    const backlog = (this.#backlog ??= new Backlog());
    if (sent < bytes.length) backlog.push(sent === 0 ? bytes : bytes.subarray(sent));
    this.#owner.outbound.noteWaiting(bytes.length - sent);
    if (isEnd) backlog.ending = "data";
    else backlog.isDrainDue = true;
    return false;
  }

  /** Ends the message with trailing fields, behind what waits. */
  sendTrailers(fields: HeaderList, passing?: HeaderList): void {
    const backlog = this.#backlog;
    if (this.isLocalEnd || backlog?.ending !== undefined) return;
    if (backlog !== undefined && backlog.bytes > 0) {
      backlog.ending = { fields, passing };
      return;
    }
    this.#owner.outbound.headers(this.id, fields, passing, true);
    this.#endLocal();
  }

  /** Breaks the stream off. */
  reset(code: ErrorCode, reason = ""): void {
    if (this.isClosed) return;
    this.#owner.outbound.reset(this.id, code);
    this.close({ tag: "reset", by: "us", code, reason });
  }

  /** Gives octets back that the listener was told of: the peer may send as many again. */
  consumed(bytes: number): void {
    if (this.isClosed) return;
    this.#heldBytes -= bytes;
    this.#owner.consumed(bytes);
    if (this.#remoteEnd) return;
    this.#untoldBytes += bytes;
    if (this.#untoldBytes * 2 < this.#windowBytes) return;
    this.#owner.outbound.windowUpdate(this.id, this.#untoldBytes);
    this.#receiveWindow += this.#untoldBytes;
    this.#untoldBytes = 0;
  }

  /** The peer's message has begun, and its body may follow: so long, where content-length says it. */
  expectBody(bytes: number | undefined): void {
    this.#expectsBody = true;
    this.#bodyBytesLeft = bytes;
  }

  /**
   * Takes a part of the peer's body.
   *
   * @param paddedBytes what it counts by, its padding included
   * @throws {StreamError}
   */
  receiveData(bytes: Buffer, start: number, end: number, paddedBytes: number, isEnd: boolean): void {
    if (this.isRemoteEnd) throw new StreamError(ErrorCode.STREAM_CLOSED, "data after the end (section 5.1)");
    if (!this.#expectsBody) throw malformed("data before the fields that a message begins with (section 8.1)");
    this.#receiveWindow -= paddedBytes;
    if (this.#receiveWindow < 0) {
      throw new StreamError(ErrorCode.FLOW_CONTROL_ERROR, "data beyond the stream's window (section 6.9.1)");
    }
    if (this.#bodyBytesLeft !== undefined) this.#bodyBytesLeft -= end - start;
    if (isEnd) this.#checkBody();
    else if ((this.#bodyBytesLeft ?? 0) < 0) throw malformed("more data than content-length says (section 8.1.1)");
    if (isEnd) this.#remoteEnd = true;
    this.#heldBytes += paddedBytes;
    if (paddedBytes > end - start) this.consumed(paddedBytes - (end - start));
    this.#listener?.onData(bytes, start, end, isEnd);
    if (isEnd) this.#closeIfDone();
  }

  /** Takes the fields that end the peer's message. @throws {StreamError} */
  receiveTrailers(fields: HeaderList): void {
    this.#checkBody();
    this.#remoteEnd = true;
    this.#listener?.onTrailers(fields);
    this.#closeIfDone();
  }

  /** The peer's message has ended with the fields that it began with. @throws {StreamError} */
  receiveEnd(): void {
    this.#checkBody();
    this.#remoteEnd = true;
    this.#closeIfDone();
  }

  /** The peer allows more. @throws {StreamError} FLOW_CONTROL_ERROR: section 6.9.1 */
  widen(bytes: number): void {
    this.sendWindow += bytes;
    if (this.sendWindow > largestWindowBytes) {
      throw new StreamError(ErrorCode.FLOW_CONTROL_ERROR, "the stream's window overflows (section 6.9.1)");
    }
    if (this.waitingBytes > 0) this.#owner.outbound.pump();
  }

  sendNext(): boolean {
    const backlog = this.#backlog;
    const first = backlog?.first;
    if (backlog === undefined || first === undefined) return false;
    const length = this.#owner.outbound.data(this, first, backlog.sentBytesOfFirst, backlog.isFirstLast);
    backlog.noteSent(length);
    this.#owner.outbound.noteWaiting(-length);
    // Who is told that there is room may write, and have to wait, at once.
    if (backlog.bytes === 0) this.#sentAll(backlog);
    return backlog.bytes > 0;
  }

  /** Ends the stream for its listener. */
  close(end: StreamEnd): void {
    if (this.isClosed) return;
    this.#end = end;
    const { outbound } = this.#owner;
    outbound.forget(this);
    outbound.noteWaiting(-this.waitingBytes);
    this.#backlog?.clear();
    this.#owner.consumed(this.#heldBytes);
    this.#owner.closed(this, end);
    // A stream that is broken off while its listener is being made has nobody to tell yet.
    this.#listener?.onClosed(end);
  }

  #sentAll(backlog: Backlog): void {
    const { ending } = backlog;
    if (ending === "data") this.#endLocal();
    else if (ending !== undefined) {
      this.#owner.outbound.headers(this.id, ending.fields, ending.passing, true);
      this.#endLocal();
    } else if (backlog.isDrainDue) {
      backlog.isDrainDue = false;
      this.#listener?.onDrain();
    }
  }

  #checkBody(): void {
    if (this.#bodyBytesLeft === undefined || this.#bodyBytesLeft === 0) return;
    throw malformed("another length than content-length says (section 8.1.1)");
  }

  #endLocal(): void {
    this.#localEnd = true;
    this.#closeIfDone();
  }

  #closeIfDone(): void {
    if (this.#localEnd && this.#remoteEnd) this.close(done);
  }
}
