import { describe, expect, it } from "vitest";
import { FrameType } from "./frame.ts";
import { FrameReader } from "./frame-reader.ts";
import { FrameWriter } from "./frame-writer.ts";

interface Frame {
  readonly type: number;
  readonly flags: number;
  readonly streamId: number;
  readonly payload: string;
}

function collect() {
  const frames: Frame[] = [];
  const reader = new FrameReader(16_384, (type, flags, streamId, bytes, start, end) =>
    frames.push({ type, flags, streamId, payload: bytes.toString("hex", start, end) }),
  );
  return { frames, reader };
}

function written(write: (writer: FrameWriter) => void): Buffer {
  const writer = new FrameWriter();
  write(writer);
  let all = Buffer.alloc(0);
  const waiting = writer.pendingBytes;
  writer.flush((buffers, bytes) => {
    expect(bytes).toBe(waiting);
    all = Buffer.concat(buffers);
  });
  expect(writer.pendingBytes).toBe(0);
  return all;
}

const sizes = [0, 1, 9, 64, 65, 8192, 8193, 16_384];
const bytes = written((writer) => {
  for (const [at, size] of sizes.entries()) {
    writer.head(FrameType.DATA, at % 2, 2 * at + 1, size);
    writer.payload(Buffer.alloc(size + 2, at), 1, size + 1);
  }
  writer.numberFrame(FrameType.WINDOW_UPDATE, 0, 2 ** 31 - 1);
});
const expected: readonly Frame[] = [
  ...sizes.map((size, at) => ({
    type: 0,
    flags: at % 2,
    streamId: 2 * at + 1,
    payload: Buffer.alloc(size, at).toString("hex"),
  })),
  { type: FrameType.WINDOW_UPDATE, flags: 0, streamId: 0, payload: "7fffffff" },
];

describe("FrameReader", () => {
  it.each([1, 2, 7, 9, 10, 1000, 20_000, bytes.length])("finds what FrameWriter wrote, in chunks of %i", (size) => {
    const { frames, reader } = collect();
    for (let at = 0; at < bytes.length; at += size) reader.read(bytes.subarray(at, at + size));
    expect(frames).toEqual(expected);
    expect(reader.pendingBytes).toBe(0);
  });

  it("ignores the reserved bit of a stream's number (RFC 9113, 4.1)", () => {
    const { frames, reader } = collect();
    reader.read(Buffer.from("000000000080000003", "hex"));
    expect(frames).toEqual([{ type: 0, flags: 0, streamId: 3, payload: "" }]);
  });

  it("refuses a frame that is larger than was allowed before its payload has come (RFC 9113, 4.2)", () => {
    const { reader } = collect();
    expect(() => reader.read(Buffer.from("004001000000000001", "hex"))).toThrow("FRAME_SIZE_ERROR");
  });
});

describe("FrameWriter", () => {
  it.each(Array.from({ length: 13 }, (_, at) => at))(
    "writes a number where the end of a buffer falls %i octets into its frame",
    (before) => {
      const frames = Math.floor((32_768 - 9 - before) / 13);
      const filler = 32_768 - 9 - before - 13 * frames;
      const all = written((writer) => {
        writer.head(FrameType.DATA, 0, 1, filler);
        writer.payload(Buffer.alloc(filler));
        for (let at = 0; at <= frames; at++) writer.numberFrame(FrameType.WINDOW_UPDATE, 3, 0x0102_0304 + at);
      });
      const { frames: seen, reader } = collect();
      reader.read(all);
      const [data, ...updates] = seen;
      expect(data).toEqual({ type: FrameType.DATA, flags: 0, streamId: 1, payload: "00".repeat(filler) });
      expect(updates.map(({ payload }) => parseInt(payload, 16))).toEqual(updates.map((_, at) => 0x0102_0304 + at));
      expect(updates).toHaveLength(frames + 1);
    },
  );

  it("goes on in the same buffer after a flush, and leaves alone what it has handed out", () => {
    const writer = new FrameWriter();
    const pieces: Buffer[] = [];
    for (let frame = 0; frame < 10_000; frame++) {
      writer.head(FrameType.PING, 0, frame, 0);
      if (frame % 7 === 0) writer.flush((buffers) => void pieces.push(...buffers));
    }
    writer.flush((buffers) => void pieces.push(...buffers));
    const { frames, reader } = collect();
    for (const piece of pieces) reader.read(piece);
    expect(frames.map(({ streamId }) => streamId)).toEqual([...Array(10_000).keys()]);
  });
});
