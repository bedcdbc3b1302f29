import { describe, expect, it } from "vitest";
import { Flag, FrameType } from "./frames/frame.ts";
import { get, goesOn, openServer, post } from "./testing/echo-server.ts";
import { type RawPeer, frame, uint32 } from "./testing/raw-peer.ts";

const { DATA, RST_STREAM, SETTINGS, WINDOW_UPDATE } = FrameType;
const initialWindow = 65_535;

const received = (peer: RawPeer, streamId?: number): number =>
  peer.seen(DATA, streamId).reduce((sum, { payload }) => sum + payload.length, 0);
const credited = (peer: RawPeer, streamId: number): number =>
  peer.seen(WINDOW_UPDATE, streamId).reduce((sum, { payload }) => sum + payload.readUInt32BE(0), 0);

/** A server that sends so many octets on each stream, and the peer's frames. */
async function openSender(bytes: number, settings = "") {
  const opened = await openServer({ answer: "none" });
  if (settings) await opened.peer.send(frame(SETTINGS, 0, 0, settings));
  const send = async (streamId: number): Promise<boolean> => {
    await opened.peer.send(opened.peer.headers(streamId, get));
    const stream = opened.requests.at(-1)?.stream;
    stream?.sendHeaders([":status", "200"]);
    const isOut = stream?.write(Buffer.alloc(bytes)) ?? false;
    stream?.sendTrailers(["grpc-status", "0"]);
    await opened.peer.send();
    return isOut;
  };
  return { ...opened, send };
}

describe("What is sent", () => {
  it.each([65_536, 1_048_576])(
    "never makes a bound of %i on the socket look passed, however much is allowed",
    async (maxBufferedBytes) => {
      const opened = await openServer({ answer: "none", maxBufferedBytes });
      const { peer, requests } = opened;
      await peer.send(frame(SETTINGS, 0, 0, "00040fffffff000500ffffff"), frame(WINDOW_UPDATE, 0, 0, uint32(2 ** 30)));
      await peer.send(peer.headers(1, get), peer.headers(3, get));
      peer.stopReading();
      for (const { stream } of requests) {
        stream.sendHeaders([":status", "200"]);
        stream.write(Buffer.alloc(5_000_000), true);
      }
      await peer.send();
      expect(opened.closed()).toBeUndefined();
    },
  );

  it("stops at the stream's window and goes on as it opens, trailers last (6.9)", async () => {
    const { peer, send } = await openSender(100_000);
    expect(await send(1)).toBe(false);
    expect(received(peer)).toBe(initialWindow);
    expect(peer.seen(FrameType.HEADERS, 1)).toHaveLength(1);
    await peer.send(frame(WINDOW_UPDATE, 0, 0, uint32(1_000_000)), frame(WINDOW_UPDATE, 0, 1, uint32(10)));
    expect(received(peer)).toBe(initialWindow + 10);
    await peer.send(frame(WINDOW_UPDATE, 0, 1, uint32(100_000)));
    expect(received(peer)).toBe(100_000);
    expect(peer.frames.at(-1)).toMatchObject({ type: FrameType.HEADERS, flags: Flag.END_HEADERS | Flag.END_STREAM });
  });

  it("stops at the connection's window, which all streams share, each in its turn (6.9.1)", async () => {
    const { peer, send } = await openSender(60_000);
    await send(1);
    await send(3);
    await send(5);
    expect(received(peer)).toBe(initialWindow);
    await peer.send(frame(WINDOW_UPDATE, 0, 0, uint32(40_000)));
    expect(received(peer, 3)).toBeGreaterThan(16_000);
    expect(received(peer, 5)).toBeGreaterThan(16_000);
    await peer.send(frame(WINDOW_UPDATE, 0, 0, uint32(1_000_000)));
    expect([1, 3, 5].map((id) => received(peer, id))).toEqual([60_000, 60_000, 60_000]);
  });

  it("obeys an initial window that shrinks below what was sent, and grows again (6.9.2)", async () => {
    const { peer, send } = await openSender(100_000, "00040000c350"); // 50,000
    await send(1);
    expect(received(peer)).toBe(50_000);
    await peer.send(frame(SETTINGS, 0, 0, "000400000000"), frame(WINDOW_UPDATE, 0, 1, uint32(40_000)));
    expect(received(peer)).toBe(50_000);
    await peer.send(frame(WINDOW_UPDATE, 0, 1, uint32(10_001)));
    expect(received(peer)).toBe(50_001);
    await peer.send(frame(SETTINGS, 0, 0, "00040000c350"), frame(WINDOW_UPDATE, 0, 0, uint32(1_000_000)));
    expect(received(peer)).toBe(100_000);
  });

  it("obeys a maximum frame size that changes, for data and field sections (6.5.2)", async () => {
    const { peer, send } = await openSender(60_000, "000500010000"); // 65,536
    await send(1);
    expect(peer.seen(DATA)).toMatchObject([{ payload: { length: 60_000 } }]);
  });

  it("needs no window for the end of a stream (6.9)", async () => {
    const { peer, requests } = await openServer({ answer: "none" });
    await peer.send(frame(SETTINGS, 0, 0, "000400000000"), peer.headers(1, get));
    requests[0]?.stream.sendHeaders([":status", "200"]);
    expect(requests[0]?.stream.write(new Uint8Array(), true)).toBe(true);
    await peer.send();
    expect(peer.frames.at(-1)).toMatchObject({ type: DATA, flags: Flag.END_STREAM });
    expect(requests[0]?.end).toBe("done");
  });

  it("tells the writer when there is room again", async () => {
    const { peer, requests } = await openServer({ answer: "none" });
    await peer.send(peer.headers(1, get));
    requests[0]?.stream.sendHeaders([":status", "200"]);
    expect(requests[0]?.stream.write(Buffer.alloc(initialWindow))).toBe(true);
    expect(requests[0]?.stream.write(Buffer.alloc(10))).toBe(false);
    await peer.send(frame(WINDOW_UPDATE, 0, 0, uint32(100)), frame(WINDOW_UPDATE, 0, 1, uint32(9)));
    expect(requests[0]?.drained).toBe(0);
    await peer.send(frame(WINDOW_UPDATE, 0, 1, uint32(1)));
    expect(requests[0]?.drained).toBe(1);
  });

  it("forgets what waited when the stream is broken off, and leaves the connection's window to the others", async () => {
    const { peer, send, requests } = await openSender(100_000);
    await send(1);
    await peer.send(frame(RST_STREAM, 0, 1, uint32(8)), frame(WINDOW_UPDATE, 0, 0, uint32(1_000_000)));
    expect(requests[0]).toMatchObject({ end: "reset", stream: { waitingBytes: 0 } });
    expect(received(peer)).toBe(initialWindow);
    await send(3);
    expect(received(peer, 3)).toBe(initialWindow);
  });
});

describe("What is received", () => {
  it("is credited to stream and connection once it is taken, in large steps", async () => {
    const { peer } = await openServer({ streamWindowBytes: 100_000, connectionWindowBytes: 200_000 });
    const atStart = credited(peer, 0);
    expect(atStart).toBe(200_000 - initialWindow);
    await peer.send(peer.headers(1, post, goesOn));
    for (let sent = 0; sent < 20; sent++) await peer.send(frame(DATA, 0, 1, Buffer.alloc(10_000)));
    expect(credited(peer, 1)).toBe(200_000);
    expect(credited(peer, 0) - atStart).toBe(200_000);
    expect(peer.seen(WINDOW_UPDATE, 1)).toHaveLength(4);
  });

  it("is not credited while nobody takes it: more than the window breaks the stream off (6.9.1)", async () => {
    const { peer, requests } = await openServer({ streamWindowBytes: 65_535, consumes: false });
    await peer.send(peer.headers(1, post, goesOn));
    for (let sent = 0; sent < 5; sent++) await peer.send(frame(DATA, 0, 1, Buffer.alloc(16_000)));
    expect(credited(peer, 1)).toBe(0);
    expect(peer.resetOf(1)).toBe("FLOW_CONTROL_ERROR");
    expect(requests[0]?.body).toHaveLength(64_000);
  });

  it("on a stream that we broke off is dropped and credited to the connection (5.1)", async () => {
    const { peer, requests } = await openServer({ connectionWindowBytes: 65_535, consumes: false, answer: "none" });
    await peer.send(peer.headers(1, post, goesOn), frame(DATA, 0, 1, Buffer.alloc(10_000)));
    requests[0]?.stream.reset(8);
    for (let sent = 0; sent < 20; sent++) await peer.send(frame(DATA, 0, 1, Buffer.alloc(10_000)));
    expect(peer.goaway).toBeUndefined();
    expect(credited(peer, 0)).toBeGreaterThan(170_000);
    expect(requests[0]?.body).toHaveLength(10_000);
  });
});
