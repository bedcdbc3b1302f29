import { describe, expect, it } from "vitest";
import { ErrorCode, Flag, FrameType, clientPreface } from "./frames/frame.ts";
import type { HeaderList } from "./hpack/header-list.ts";
import { ServerConnection } from "./server-connection.ts";
import { get, goesOn, openServer, post } from "./testing/echo-server.ts";
import { RawPeer, frame, uint32 } from "./testing/raw-peer.ts";

const { DATA, HEADERS, PRIORITY, RST_STREAM, SETTINGS, PUSH_PROMISE, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION } =
  FrameType;

describe("ServerConnection answers", () => {
  it("a request without a body, one with a body, and one with trailers", async () => {
    const { peer, requests } = await openServer();
    await peer.send(peer.headers(1, get));
    await peer.send(peer.headers(3, post, goesOn), frame(DATA, 0, 3, "6162"), frame(DATA, Flag.END_STREAM, 3, "63"));
    await peer.send(peer.headers(5, post, goesOn), frame(DATA, 0, 5, "61"), peer.headers(5, ["grpc-status", "0"]));
    expect(requests.map(({ body, trailers, end }) => [body, trailers, end])).toEqual([
      ["", undefined, "done"],
      ["abc", undefined, "done"],
      ["a", ["grpc-status", "0"], "done"],
    ]);
    expect(peer.seen(DATA).map(({ payload, flags }) => [payload.toString(), flags])).toEqual([
      ["0", Flag.END_STREAM],
      ["3", Flag.END_STREAM],
      ["1", Flag.END_STREAM],
    ]);
    expect(peer.goaway).toBeUndefined();
  });

  it("a field section in many CONTINUATION frames, padded, with a priority (6.2, 6.10)", async () => {
    const { peer, requests } = await openServer();
    const block = peer.encoder.encode([...post, "custom", "x".repeat(300)]);
    const padded = Buffer.concat([
      Buffer.from([3]),
      uint32(0),
      Buffer.from([15]),
      block.subarray(0, 10),
      Buffer.alloc(3),
    ]);
    const pieces = [...block.subarray(10)].map((byte) => frame(CONTINUATION, 0, 1, Buffer.from([byte])));
    await peer.send(frame(HEADERS, Flag.PADDED | Flag.PRIORITY | Flag.END_STREAM, 1, padded), ...pieces.slice(0, 100));
    await peer.send(frame(CONTINUATION, Flag.END_HEADERS, 1, block.subarray(110)));
    expect(requests).toMatchObject([{ path: "/", end: "done" }]);
  });

  it("padded data, whose padding is given back at once (6.1)", async () => {
    const { peer, requests } = await openServer();
    await peer.send(peer.headers(1, post, goesOn), frame(DATA, Flag.PADDED | Flag.END_STREAM, 1, "026162630000"));
    expect(requests).toMatchObject([{ body: "abc" }]);
  });

  it("a PING with its payload (6.7), SETTINGS with an acknowledgement (6.5.3), an unknown frame with nothing (5.5)", async () => {
    const { peer } = await openServer();
    await peer.send(frame(PING, 0, 0, "0102030405060708"), frame(0xfe, 0xff, 7, "00"));
    expect(peer.seen(PING)).toMatchObject([{ flags: Flag.ACK, payload: Buffer.from("0102030405060708", "hex") }]);
    expect(peer.seen(SETTINGS).filter(({ flags }) => flags === Flag.ACK)).toHaveLength(1);
    expect(peer.goaway).toBeUndefined();
  });
});

const goodRequest = (peer: RawPeer): Buffer => peer.headers(1, get);
type Pieces = (peer: RawPeer) => readonly Buffer[];

describe("ServerConnection ends a connection whose client breaks a rule:", () => {
  it.each<readonly [string, string, Pieces]>([
    ["4.2: a frame above the maximum", "FRAME_SIZE_ERROR", () => [frame(DATA, 0, 1, Buffer.alloc(16_385))]],
    ["4.3: a block that cannot be decoded", "COMPRESSION_ERROR", () => [frame(HEADERS, 5, 1, "80")]],
    ["5.1: DATA on an idle stream", "PROTOCOL_ERROR", () => [frame(DATA, 1, 1, "00")]],
    ["5.1: RST_STREAM on an idle stream", "PROTOCOL_ERROR", () => [frame(RST_STREAM, 0, 1, uint32(8))]],
    ["5.1: WINDOW_UPDATE on an idle stream", "PROTOCOL_ERROR", () => [frame(WINDOW_UPDATE, 0, 1, uint32(8))]],
    [
      "5.1: DATA on a closed stream",
      "STREAM_CLOSED",
      (peer) => [goodRequest(peer), Buffer.alloc(0), frame(DATA, 1, 1, "00")],
    ],
    [
      "5.1: HEADERS on a closed stream",
      "STREAM_CLOSED",
      (peer) => [goodRequest(peer), Buffer.alloc(0), peer.headers(1, get)],
    ],
    ["5.1.1: a stream with an even number", "PROTOCOL_ERROR", (peer) => [peer.headers(2, get)]],
    [
      "5.1.1: a stream below one that was opened",
      "STREAM_CLOSED",
      (peer) => [peer.headers(5, get), peer.headers(3, get)],
    ],
    ["6.1: DATA without a stream", "PROTOCOL_ERROR", () => [frame(DATA, 0, 0, "00")]],
    [
      "6.1: as much padding as payload",
      "PROTOCOL_ERROR",
      (peer) => [peer.headers(1, post, goesOn), frame(DATA, 9, 1, "0261")],
    ],
    ["6.1: PADDED without a length", "FRAME_SIZE_ERROR", (peer) => [peer.headers(1, post, goesOn), frame(DATA, 8, 1)]],
    ["6.2: HEADERS without a stream", "PROTOCOL_ERROR", () => [frame(HEADERS, 5, 0, "82")]],
    ["6.2: HEADERS too short for its priority", "FRAME_SIZE_ERROR", () => [frame(HEADERS, 0x25, 1, "82")]],
    ["6.3: PRIORITY without a stream", "PROTOCOL_ERROR", () => [frame(PRIORITY, 0, 0, "0000000000")]],
    ["6.4: RST_STREAM without a stream", "PROTOCOL_ERROR", () => [frame(RST_STREAM, 0, 0, uint32(8))]],
    [
      "6.4: RST_STREAM of five octets",
      "FRAME_SIZE_ERROR",
      (peer) => [goodRequest(peer), frame(RST_STREAM, 0, 1, "0000000000")],
    ],
    ["6.5: SETTINGS on a stream", "PROTOCOL_ERROR", () => [frame(SETTINGS, 0, 1)]],
    ["6.5: SETTINGS of five octets", "FRAME_SIZE_ERROR", () => [frame(SETTINGS, 0, 0, "0000000000")]],
    ["6.5: an acknowledgement with settings", "FRAME_SIZE_ERROR", () => [frame(SETTINGS, 1, 0, "000300000001")]],
    ["6.5.2: ENABLE_PUSH of 2", "PROTOCOL_ERROR", () => [frame(SETTINGS, 0, 0, "000200000002")]],
    ["6.5.2: INITIAL_WINDOW_SIZE of 2^31", "FLOW_CONTROL_ERROR", () => [frame(SETTINGS, 0, 0, "000480000000")]],
    ["6.5.2: MAX_FRAME_SIZE of 16383", "PROTOCOL_ERROR", () => [frame(SETTINGS, 0, 0, "000500003fff")]],
    ["6.5.2: MAX_FRAME_SIZE of 2^24", "PROTOCOL_ERROR", () => [frame(SETTINGS, 0, 0, "000501000000")]],
    ["6.7: PING on a stream", "PROTOCOL_ERROR", () => [frame(PING, 0, 1, "0102030405060708")]],
    ["6.7: PING of seven octets", "FRAME_SIZE_ERROR", () => [frame(PING, 0, 0, "01020304050607")]],
    ["6.8: GOAWAY on a stream", "PROTOCOL_ERROR", () => [frame(GOAWAY, 0, 1, "0000000000000000")]],
    ["6.8: GOAWAY of seven octets", "FRAME_SIZE_ERROR", () => [frame(GOAWAY, 0, 0, "00000000000000")]],
    ["6.9: WINDOW_UPDATE of 0 for the connection", "PROTOCOL_ERROR", () => [frame(WINDOW_UPDATE, 0, 0, uint32(0))]],
    ["6.9: WINDOW_UPDATE of three octets", "FRAME_SIZE_ERROR", () => [frame(WINDOW_UPDATE, 0, 0, "000001")]],
    [
      "6.9.1: a connection's window above 2^31 - 1",
      "FLOW_CONTROL_ERROR",
      () => [frame(WINDOW_UPDATE, 0, 0, uint32(2 ** 31 - 1))],
    ],
    ["6.10: CONTINUATION of nothing", "PROTOCOL_ERROR", () => [frame(CONTINUATION, 4, 1, "82")]],
    [
      "6.10: CONTINUATION of another stream",
      "PROTOCOL_ERROR",
      () => [frame(HEADERS, 1, 1, "82"), frame(CONTINUATION, 4, 3, "82")],
    ],
    [
      "6.10: a PING within a field section",
      "PROTOCOL_ERROR",
      () => [frame(HEADERS, 1, 1, "82"), frame(PING, 0, 0, "0102030405060708")],
    ],
    ["8.4: a client's PUSH_PROMISE", "PROTOCOL_ERROR", () => [frame(PUSH_PROMISE, 4, 1, "0000000282")]],
  ])("%s is %s", async (_, code, pieces) => {
    const { peer, closed } = await openServer();
    for (const piece of pieces(peer)) await peer.send(piece);
    expect(peer.goaway).toBe(code);
    expect(closed()?.error?.message).toContain(code);
    expect(peer.isEnded).toBe(true);
  });

  it("3.4: a preface that is none", async () => {
    const peer = new RawPeer();
    void new ServerConnection(peer.socket, { onRequest: () => expect.unreachable() });
    await peer.send(Buffer.from("GET / HTTP/1.1\r\n\r\n"));
    expect(peer.goaway).toBe("PROTOCOL_ERROR");
  });

  it("3.4: a first frame that is no SETTINGS", async () => {
    const peer = new RawPeer();
    void new ServerConnection(peer.socket, { onRequest: () => expect.unreachable() });
    await peer.send(clientPreface.subarray(0, 5), clientPreface.subarray(5), frame(PING, 0, 0, "0102030405060708"));
    expect(peer.goaway).toBe("PROTOCOL_ERROR");
  });

  it("6.9.1: more data than the connection's window", async () => {
    const { peer } = await openServer({
      streamWindowBytes: 200_000,
      connectionWindowBytes: 65_535,
      consumes: false,
    });
    await peer.send(peer.headers(1, post, goesOn));
    for (let sent = 0; sent < 5; sent++) await peer.send(frame(DATA, 0, 1, Buffer.alloc(16_000)));
    expect(peer.goaway).toBe("FLOW_CONTROL_ERROR");
  });

  it("6.9.2: a window that SETTINGS moves above 2^31 - 1", async () => {
    const { peer } = await openServer({ consumes: false });
    await peer.send(peer.headers(1, post, goesOn), frame(WINDOW_UPDATE, 0, 1, uint32(2 ** 31 - 1 - 65_535)));
    await peer.send(frame(SETTINGS, 0, 0, "00047fffffff"));
    expect(peer.goaway).toBe("FLOW_CONTROL_ERROR");
  });
});

const request = (...more: string[]): HeaderList => [...get, ...more];

describe("ServerConnection breaks off a stream whose request breaks a rule, and goes on with the others:", () => {
  it.each<readonly [string, string, Pieces]>([
    ["5.1: DATA after END_STREAM", "STREAM_CLOSED", (peer) => [peer.headers(1, get), frame(DATA, 1, 1, "00")]],
    ["5.1: HEADERS after END_STREAM", "STREAM_CLOSED", (peer) => [peer.headers(1, get), peer.headers(1, ["a", "b"])]],
    [
      "6.3: PRIORITY of four octets",
      "FRAME_SIZE_ERROR",
      (peer) => [peer.headers(1, post, goesOn), frame(PRIORITY, 0, 1, "00000000")],
    ],
    [
      "6.9: WINDOW_UPDATE of 0",
      "PROTOCOL_ERROR",
      (peer) => [peer.headers(1, get), frame(WINDOW_UPDATE, 0, 1, uint32(0))],
    ],
    [
      "6.9.1: a window above 2^31 - 1",
      "FLOW_CONTROL_ERROR",
      (peer) => [peer.headers(1, get), frame(WINDOW_UPDATE, 0, 1, uint32(2 ** 31 - 1))],
    ],
    [
      "8.1: trailers that do not end the stream",
      "PROTOCOL_ERROR",
      (peer) => [peer.headers(1, post, goesOn), peer.headers(1, ["a", "b"], goesOn)],
    ],
    [
      "8.1: trailers with a pseudo-header field",
      "PROTOCOL_ERROR",
      (peer) => [peer.headers(1, post, goesOn), peer.headers(1, [":method", "GET"])],
    ],
    [
      "8.1.1: less data than content-length",
      "PROTOCOL_ERROR",
      (peer) => [peer.headers(1, [...post, "content-length", "2"], goesOn), frame(DATA, 1, 1, "61")],
    ],
    [
      "8.1.1: more data than content-length",
      "PROTOCOL_ERROR",
      (peer) => [peer.headers(1, [...post, "content-length", "1"], goesOn), frame(DATA, 0, 1, "6161")],
    ],
    [
      "8.1.1: no data where content-length says some",
      "PROTOCOL_ERROR",
      (peer) => [peer.headers(1, request("content-length", "1"))],
    ],
    [
      "8.1.1: a content-length that is no number",
      "PROTOCOL_ERROR",
      (peer) => [peer.headers(1, request("content-length", "-1"))],
    ],
    ["8.2.1: a name in upper case", "PROTOCOL_ERROR", (peer) => [peer.headers(1, request("Custom", "a"))]],
    ["8.2.1: a name with a blank", "PROTOCOL_ERROR", (peer) => [peer.headers(1, request("a b", "a"))]],
    ["8.2.1: a value with a line break", "PROTOCOL_ERROR", (peer) => [peer.headers(1, request("a", "b\nc: d"))]],
    ["8.2.1: a value with a blank around it", "PROTOCOL_ERROR", (peer) => [peer.headers(1, request("a", " b"))]],
    ["8.2.2: connection", "PROTOCOL_ERROR", (peer) => [peer.headers(1, request("connection", "close"))]],
    [
      "8.2.2: transfer-encoding",
      "PROTOCOL_ERROR",
      (peer) => [peer.headers(1, request("transfer-encoding", "chunked"))],
    ],
    ["8.2.2: te other than trailers", "PROTOCOL_ERROR", (peer) => [peer.headers(1, request("te", "gzip"))]],
    ["8.3: a pseudo-header field after others", "PROTOCOL_ERROR", (peer) => [peer.headers(1, ["a", "b", ...get])]],
    ["8.3: an unknown pseudo-header field", "PROTOCOL_ERROR", (peer) => [peer.headers(1, [":other", "b", ...get])]],
    ["8.3: :status in a request", "PROTOCOL_ERROR", (peer) => [peer.headers(1, [":status", "200", ...get])]],
    ["8.3.1: :path twice", "PROTOCOL_ERROR", (peer) => [peer.headers(1, [":path", "/a", ...get])]],
    [
      "8.3.1: an empty :path",
      "PROTOCOL_ERROR",
      (peer) => [peer.headers(1, [":method", "GET", ":scheme", "http", ":path", ""])],
    ],
    ["8.3.1: no :method", "PROTOCOL_ERROR", (peer) => [peer.headers(1, [":scheme", "http", ":path", "/"])]],
    ["8.3.1: no :scheme", "PROTOCOL_ERROR", (peer) => [peer.headers(1, [":method", "GET", ":path", "/"])]],
    [
      "10.5.1: a header list above the bound",
      "ENHANCE_YOUR_CALM",
      (peer) => [peer.headers(1, request(...Array.from({ length: 8 }, () => ["bomb", "x".repeat(1500)]).flat()))],
    ],
  ])("%s is %s", async (_, code, pieces) => {
    const { peer } = await openServer({ answer: "none", maxHeaderListBytes: 8192 });
    await peer.send(...pieces(peer));
    expect(peer.resetOf(1)).toBe(code);
    await peer.send(frame(PING, 0, 0, "0102030405060708"));
    expect(peer.seen(PING)).toHaveLength(1);
    expect(peer.goaway).toBeUndefined();
  });
});

describe("ServerConnection tells its owner", () => {
  const silent = { onData() {}, onTrailers() {}, onDrain() {} };

  it("how a stream has ended that was broken off while it was taken up", async () => {
    const peer = new RawPeer();
    const ends: string[] = [];
    void new ServerConnection(peer.socket, {
      onRequest(stream) {
        stream.reset(ErrorCode.CANCEL, "no");
        return { ...silent, onClosed: ({ tag }) => ends.push(tag) };
      },
    });
    await peer.open();
    await peer.send(peer.headers(1, get), peer.headers(3, post, goesOn), frame(DATA, Flag.END_STREAM, 3, "61"));
    expect(ends).toEqual(["reset", "reset"]);
    expect([peer.resetOf(1), peer.resetOf(3), peer.goaway]).toEqual(["CANCEL", "CANCEL", undefined]);
  });

  it("whenever its last stream has ended", async () => {
    let idle = 0;
    const { peer } = await openServer({ onIdle: () => idle++ });
    await peer.send(peer.headers(1, post, goesOn), peer.headers(3, post, goesOn));
    await peer.send(frame(DATA, Flag.END_STREAM, 1, "61"));
    expect(idle).toBe(0);
    await peer.send(frame(DATA, Flag.END_STREAM, 3, "61"));
    expect(idle).toBe(1);
  });

  it("of a defect, as the cause of INTERNAL_ERROR", async () => {
    const { peer, closed } = await openServer({
      onRequest() {
        throw new Error("a defect");
      },
    });
    await peer.send(peer.headers(1, get));
    expect(peer.goaway).toBe("INTERNAL_ERROR");
    expect(closed()?.error).toMatchObject({ code: ErrorCode.INTERNAL_ERROR, cause: new Error("a defect") });
  });
});
