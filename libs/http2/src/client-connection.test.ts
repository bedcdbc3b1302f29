import { describe, expect, it } from "vitest";
import { ClientConnection, type ClientOptions, type ResponseListener } from "./client-connection.ts";
import type { StreamEnd } from "./connection/stream.ts";
import { Flag, FrameType } from "./frames/frame.ts";
import type { HeaderList } from "./hpack/header-list.ts";
import { get, goesOn } from "./testing/echo-server.ts";
import { RawPeer, frame, uint32 } from "./testing/raw-peer.ts";

const { DATA, GOAWAY, HEADERS, PING, PUSH_PROMISE, RST_STREAM, SETTINGS, WINDOW_UPDATE } = FrameType;
const ok: HeaderList = [":status", "200"];

interface Seen {
  status: number | undefined;
  body: string;
  trailers: HeaderList | undefined;
  end: StreamEnd | undefined;
}

/** A client, and a server of good faith at the other end that has said hello. */
async function openClient(options: ClientOptions = {}, settings = "") {
  const peer = new RawPeer(true);
  let changes = 0;
  let closed: { readonly error: Error | undefined } | undefined;
  const client = new ClientConnection(peer.socket, {
    onChange: () => changes++,
    onClosed: (error) => (closed = { error }),
    ...options,
  });
  await peer.send(frame(SETTINGS, 0, 0, settings), frame(SETTINGS, Flag.ACK, 0));
  const request = (): Seen => {
    const seen: Seen = { status: undefined, body: "", trailers: undefined, end: undefined };
    const listener: ResponseListener = {
      onResponse: ({ status }) => (seen.status = status),
      onData(bytes, start, end) {
        seen.body += bytes.toString("latin1", start, end);
      },
      onTrailers: (fields) => (seen.trailers = fields),
      onDrain() {},
      onClosed: (end) => (seen.end = end),
    };
    if (client.request({ fields: get, isEnd: true }, listener) === undefined)
      seen.end = { tag: "lost", error: new Error("full") };
    return seen;
  };
  return { peer, client, request, changes: () => changes, closed: () => closed };
}

describe("ClientConnection", () => {
  it("gets a response with body and trailers, past informational ones (8.1)", async () => {
    const { peer, request } = await openClient();
    const seen = request();
    await peer.send(
      peer.headers(1, [":status", "103"], goesOn),
      peer.headers(1, ok, goesOn),
      frame(DATA, 0, 1, "6162"),
    );
    await peer.send(peer.headers(1, ["grpc-status", "0"]));
    expect(seen).toEqual({ status: 200, body: "ab", trailers: ["grpc-status", "0"], end: { tag: "done" } });
  });

  it("gets a response that is nothing but fields", async () => {
    const { peer, request } = await openClient();
    const seen = request();
    await peer.send(peer.headers(1, [":status", "204"]));
    expect(seen).toMatchObject({ status: 204, end: { tag: "done" } });
  });

  it("opens no more streams than the server allows, and says when there is room (5.1.2)", async () => {
    const { peer, client, request, changes } = await openClient({}, "000300000002");
    request();
    request();
    expect(client.canRequest).toBe(false);
    expect(request().end?.tag).toBe("lost");
    const before = changes();
    await peer.send(peer.headers(1, ok));
    expect(client.canRequest).toBe(true);
    expect(changes()).toBeGreaterThan(before);
    await peer.send(frame(SETTINGS, 0, 0, "000300000001"));
    expect(client.canRequest).toBe(false);
  });

  it("tells what was certainly not processed from what may have been (8.7)", async () => {
    const { peer, client, request, closed } = await openClient();
    const seen = [request(), request(), request(), request()];
    await peer.send(frame(RST_STREAM, 0, 1, uint32(7)), frame(RST_STREAM, 0, 3, uint32(8)));
    await peer.send(frame(GOAWAY, 0, 0, Buffer.concat([uint32(5), uint32(0)])));
    expect(seen.map(({ end }) => end?.tag)).toEqual(["turned away", "reset", undefined, "turned away"]);
    expect(client.canRequest).toBe(false);
    await peer.send(peer.headers(5, ok));
    expect(seen[2]?.end?.tag).toBe("done");
    expect(closed()).toEqual({ error: undefined });
    expect(peer.isEnded).toBe(true);
  });

  it("goes on after the first GOAWAY of two, with what is under way (6.8)", async () => {
    const { peer, client, request } = await openClient();
    const seen = [request(), request()];
    await peer.send(frame(GOAWAY, 0, 0, Buffer.concat([uint32(2 ** 31 - 1), uint32(0)])));
    expect(client.isRetired).toBe(true);
    expect(seen.map(({ end }) => end)).toEqual([undefined, undefined]);
    await peer.send(frame(GOAWAY, 0, 0, Buffer.concat([uint32(1), uint32(0)])));
    expect(seen.map(({ end }) => end?.tag)).toEqual([undefined, "turned away"]);
  });

  it("takes a GOAWAY with an error for the end: what it does not exclude is lost (5.4.1)", async () => {
    const { peer, request, closed } = await openClient();
    const seen = [request(), request()];
    await peer.send(frame(GOAWAY, 0, 0, Buffer.concat([uint32(1), uint32(2)])));
    expect(seen.map(({ end }) => end?.tag)).toEqual(["lost", "turned away"]);
    expect(closed()?.error?.message).toContain("INTERNAL_ERROR");
  });

  it("shuts down when what is under way has ended, and opens nothing new", async () => {
    const { peer, client, request, closed } = await openClient();
    const seen = request();
    client.shutdown();
    expect(client.canRequest).toBe(false);
    await peer.send(peer.headers(1, ok));
    expect(seen.end?.tag).toBe("done");
    expect([peer.goaway, closed()]).toEqual(["NO_ERROR", { error: undefined }]);
  });

  it("what was under way is lost with the connection", async () => {
    const { peer, request, closed } = await openClient();
    const seen = request();
    peer.close();
    await peer.send();
    expect(seen.end).toMatchObject({ tag: "lost", error: { message: "the peer closed the connection" } });
    expect(closed()?.error?.message).toBe("the peer closed the connection");
  });

  it.each<readonly [string, string, (peer: RawPeer) => readonly Buffer[]]>([
    ["5.1: a response on an idle stream", "PROTOCOL_ERROR", (peer) => [peer.headers(7, ok)]],
    ["5.1.1: a stream that the server opens", "PROTOCOL_ERROR", (peer) => [peer.headers(2, ok)]],
    ["6.5.2: a server that welcomes pushes", "PROTOCOL_ERROR", () => [frame(SETTINGS, 0, 0, "000200000001")]],
    ["8.4: a push that was refused", "PROTOCOL_ERROR", () => [frame(PUSH_PROMISE, 4, 1, "0000000288")]],
    ["5.1: DATA on a closed stream", "STREAM_CLOSED", (peer) => [peer.headers(1, ok), frame(DATA, 1, 1, "00")]],
    ["6.9: WINDOW_UPDATE of 0", "PROTOCOL_ERROR", () => [frame(WINDOW_UPDATE, 0, 0, uint32(0))]],
    [
      "10.5: informational responses without end",
      "ENHANCE_YOUR_CALM",
      (peer) => Array.from({ length: 1100 }, () => peer.headers(1, [":status", "100"], goesOn)),
    ],
  ])("ends the connection: %s is %s", async (_, code, pieces) => {
    const { peer, request, closed } = await openClient();
    const seen = request();
    for (const piece of pieces(peer)) await peer.send(piece);
    expect(peer.goaway).toBe(code);
    expect(closed()?.error?.message).toContain(code);
    expect(seen.end).toBeDefined();
  });

  it.each<readonly [string, (peer: RawPeer) => readonly Buffer[]]>([
    ["8.1: DATA before the response", () => [frame(DATA, 0, 1, "61")]],
    ["8.1: an informational response that ends", (peer) => [peer.headers(1, [":status", "100"])]],
    [
      "8.1.1: less data than content-length",
      (peer) => [peer.headers(1, [...ok, "content-length", "2"], goesOn), frame(DATA, 1, 1, "61")],
    ],
    ["8.3.2: a response without :status", (peer) => [peer.headers(1, ["a", "b"])]],
    ["8.3.2: a :status that is no number", (peer) => [peer.headers(1, [":status", "2000"])]],
    ["8.3.2: a :status of no class", (peer) => [peer.headers(1, [":status", "099"])]],
    ["8.3: :path in a response", (peer) => [peer.headers(1, [...ok, ":path", "/"])]],
    ["8.6: status 101", (peer) => [peer.headers(1, [":status", "101"], goesOn)]],
  ])("breaks a stream off: %s", async (_, pieces) => {
    const { peer, client, request } = await openClient();
    const seen = request();
    await peer.send(...pieces(peer));
    expect(peer.resetOf(1)).toBe("PROTOCOL_ERROR");
    expect(seen.end).toMatchObject({ tag: "reset", by: "us" });
    expect([peer.goaway, client.canRequest]).toEqual([undefined, true]);
  });

  it("takes a status that HTTP does not have (RFC 9110, section 15)", async () => {
    const { peer, request } = await openClient();
    const seen = request();
    await peer.send(peer.headers(1, [":status", "800"]));
    expect(seen).toMatchObject({ status: 800, end: { tag: "done" } });
  });

  it("answers pings, and says nothing on a stream that is over", async () => {
    const { peer, client } = await openClient();
    const stream = client.request(
      { fields: get },
      { onResponse() {}, onData() {}, onTrailers() {}, onDrain() {}, onClosed() {} },
    );
    stream?.reset(8);
    stream?.reset(8);
    stream?.write(Buffer.from("late"), true);
    stream?.sendTrailers(["a", "b"]);
    await peer.send(frame(PING, 0, 0, "0102030405060708"), peer.headers(1, ok), frame(DATA, 1, 1, "00"));
    expect(peer.seen(RST_STREAM)).toHaveLength(1);
    expect([peer.seen(DATA), peer.seen(HEADERS).length, peer.seen(PING).length]).toEqual([[], 1, 1]);
    expect(peer.goaway).toBeUndefined();
  });
});
