import { type Duplex, duplexPair } from "node:stream";
import { setImmediate as turn } from "node:timers/promises";
import { Flag, FrameType, clientPreface, errorCodeName } from "../frames/frame.ts";
import { FrameReader } from "../frames/frame-reader.ts";
import { HpackEncoder } from "../hpack/encoder.ts";
import type { HeaderList } from "../hpack/header-list.ts";

/** A frame as it came. */
export interface SeenFrame {
  readonly type: number;
  readonly flags: number;
  readonly streamId: number;
  readonly payload: Buffer;
}

/** Octets of a frame, right or wrong. */
export function frame(type: number, flags: number, streamId: number, payload: Uint8Array | string = ""): Buffer {
  const body = typeof payload === "string" ? Buffer.from(payload, "hex") : Buffer.from(payload);
  const head = Buffer.alloc(9);
  head.writeUIntBE(body.length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(streamId, 5);
  return Buffer.concat([head, body]);
}

/** Octets of a number, for frames whose payload is one. */
export function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** The other end of a connection, that says whatever a test wants it to say, and collects what it hears. */
export class RawPeer {
  /** The end to make our connection on. */
  readonly socket: Duplex;
  readonly frames: SeenFrame[] = [];
  readonly encoder = new HpackEncoder();
  readonly #end: Duplex;
  #prefaceLeft: number;
  isEnded = false;

  /** @param hearsPreface whether the other end is a client */
  constructor(hearsPreface = false) {
    [this.socket, this.#end] = duplexPair();
    this.#prefaceLeft = hearsPreface ? clientPreface.length : 0;
    const reader = new FrameReader(2 ** 24, (type, flags, streamId, bytes, start, end) =>
      this.frames.push({ type, flags, streamId, payload: Buffer.from(bytes.subarray(start, end)) }),
    );
    this.#end.on("data", (chunk: Buffer) => {
      const skipped = Math.min(this.#prefaceLeft, chunk.length);
      this.#prefaceLeft -= skipped;
      reader.read(chunk.subarray(skipped));
    });
    this.#end.on("end", () => (this.isEnded = true));
    this.#end.on("error", () => (this.isEnded = true));
  }

  /** Says it, and waits until the other end has had its say. */
  async send(...pieces: readonly Buffer[]): Promise<void> {
    for (const piece of pieces) if (!this.#end.destroyed && !this.#end.writableEnded) this.#end.write(piece);
    for (let turns = 0; turns < 6; turns++) await turn();
  }

  /** What a client of good faith begins with. */
  async open(settings: Uint8Array | string = ""): Promise<void> {
    await this.send(clientPreface, frame(FrameType.SETTINGS, 0, 0, settings), frame(FrameType.SETTINGS, Flag.ACK, 0));
  }

  headers(streamId: number, fields: HeaderList, flags: number = Flag.END_HEADERS | Flag.END_STREAM): Buffer {
    return frame(FrameType.HEADERS, flags, streamId, this.encoder.encode(fields));
  }

  seen(type: number, streamId?: number): SeenFrame[] {
    return this.frames.filter((one) => one.type === type && (streamId === undefined || one.streamId === streamId));
  }

  /** How the other end ended the connection: the name of the code of its last GOAWAY. */
  get goaway(): string | undefined {
    const last = this.seen(FrameType.GOAWAY).at(-1);
    return last && errorCodeName(last.payload.readUInt32BE(4));
  }

  /** How the other end broke a stream off. */
  resetOf(streamId: number): string | undefined {
    const last = this.seen(FrameType.RST_STREAM, streamId).at(-1);
    return last && errorCodeName(last.payload.readUInt32BE(0));
  }

  /** Leaves alone whatever else the other end says. */
  stopReading(): void {
    this.#end.pause();
  }

  close(): void {
    this.#end.end();
  }
}
