import { describe, expect, it } from "vitest";
import { Flag, FrameType } from "./frames/frame.ts";
import { get, goesOn, openServer, post } from "./testing/echo-server.ts";
import { type RawPeer, frame, uint32 } from "./testing/raw-peer.ts";

const { CONTINUATION, DATA, HEADERS, PING, PRIORITY, RST_STREAM, SETTINGS, WINDOW_UPDATE } = FrameType;

/** Sends a piece again and again, until the connection ends or so many were sent. */
async function flood(peer: RawPeer, piece: (count: number) => Buffer, most: number): Promise<number> {
  let sent = 0;
  while (sent < most && peer.goaway === undefined) {
    await peer.send(Buffer.concat(Array.from({ length: 100 }, (_, at) => piece(sent + at))));
    sent += 100;
  }
  return sent;
}

describe("A peer that floods is told ENHANCE_YOUR_CALM (RFC 9113, 10.5):", () => {
  it.each<readonly [string, (peer: RawPeer, count: number) => Buffer]>([
    [
      "rapid reset (CVE-2023-44487)",
      (peer, count) =>
        Buffer.concat([peer.headers(2 * count + 1, get), frame(RST_STREAM, 0, 2 * count + 1, uint32(8))]),
    ],
    [
      "rapid reset by requests that are malformed",
      (peer, count) => peer.headers(2 * count + 1, [...get, "connection", "close"]),
    ],
    ["PING (CVE-2019-9512)", () => frame(PING, 0, 0, "0102030405060708")],
    ["SETTINGS (CVE-2019-9515)", () => frame(SETTINGS, 0, 0)],
    ["empty DATA (CVE-2019-9518)", (peer, count) => (count === 0 ? peer.headers(1, post, goesOn) : frame(DATA, 0, 1))],
    ["PRIORITY (CVE-2019-9513)", () => frame(PRIORITY, 0, 1, "0000000000")],
    ["WINDOW_UPDATE that nothing was sent for", () => frame(WINDOW_UPDATE, 0, 0, uint32(1))],
    ["frames that nobody knows", () => frame(0xfa, 0, 0, "00")],
  ])("%s", async (_, piece) => {
    const { peer, server } = await openServer({ answer: "none" });
    const sent = await flood(peer, (count) => piece(peer, count), 30_000);
    expect(peer.goaway).toBe("ENHANCE_YOUR_CALM");
    expect(sent).toBeLessThan(30_000);
    expect(server.openStreams).toBe(0);
  });

  it("CONTINUATION without end (CVE-2024-27316), by octets and by frames", async () => {
    for (const size of [16_000, 0]) {
      const { peer } = await openServer();
      await peer.send(frame(HEADERS, 0, 1, "82"));
      await flood(peer, () => frame(CONTINUATION, 0, 1, Buffer.alloc(size, 0x82)), 1000);
      expect(peer.goaway).toBe("ENHANCE_YOUR_CALM");
    }
  });

  it("settings by the hundred in one frame (CVE-2019-9515)", async () => {
    const { peer } = await openServer();
    await peer.send(frame(SETTINGS, 0, 0, "000300000001".repeat(100)));
    expect(peer.goaway).toBe("ENHANCE_YOUR_CALM");
  });

  it("answers that it does not read: memory stays bounded (CVE-2019-9517)", async () => {
    const { peer, server, requests } = await openServer({ maxBufferedBytes: 65_536 });
    peer.stopReading();
    for (let count = 0; count < 100 && !server.isClosed; count++) {
      await peer.send(
        Buffer.concat(Array.from({ length: 100 }, (_, at) => peer.headers(200 * count + 2 * at + 1, get))),
      );
    }
    expect(server.isClosed).toBe(true);
    expect(requests.length).toBeLessThan(10_000);
  });
});

describe("What a peer may break off a second", () => {
  const reset = (peer: RawPeer, count: number): Buffer =>
    Buffer.concat([peer.headers(2 * count + 1, get), frame(RST_STREAM, 0, 2 * count + 1, uint32(8))]);

  it.each([1, 1000])("is an option: %i, and ten times as many at once", async (maxResetsPerSecond) => {
    const { peer } = await openServer({ answer: "none", maxResetsPerSecond });
    const sent = await flood(peer, (count) => reset(peer, count), 20_000);
    expect(sent).toBeGreaterThanOrEqual(10 * maxResetsPerSecond);
    expect(sent).toBeLessThan(13 * maxResetsPerSecond + 200);
    expect(peer.goaway).toBe("ENHANCE_YOUR_CALM");
  });
});

describe("A client of good faith may", () => {
  it("cancel one call in three for ever, and a thousand at once", async () => {
    const { peer } = await openServer();
    for (let count = 0; count < 6000; count++) {
      const id = 2 * count + 1;
      const pieces =
        count % 3 === 0
          ? [peer.headers(id, post, goesOn), frame(RST_STREAM, 0, id, uint32(8))]
          : [peer.headers(id, get)];
      await peer.send(...pieces);
    }
    expect(peer.goaway).toBeUndefined();
  });
});

describe("Bounds", () => {
  it("a stream above the bound is REFUSED_STREAM, and there is room again when one ends (5.1.2)", async () => {
    const { peer, requests } = await openServer({ maxConcurrentStreams: 2, answer: "none" });
    await peer.send(peer.headers(1, get), peer.headers(3, get), peer.headers(5, get));
    expect([1, 3, 5].map((id) => peer.resetOf(id))).toEqual([undefined, undefined, "REFUSED_STREAM"]);
    requests[0]?.stream.sendHeaders([":status", "204"], undefined, true);
    await peer.send(peer.headers(7, get));
    expect(peer.resetOf(7)).toBeUndefined();
    expect(requests).toHaveLength(3);
  });

  it("streams are refused while too much waits that the client does not read, and taken again after that", async () => {
    const { peer, requests } = await openServer({ answer: "none", maxBufferedBytes: 65_536 });
    await peer.send(peer.headers(1, get), peer.headers(3, get));
    requests[0]?.stream.sendHeaders([":status", "200"]);
    requests[0]?.stream.write(Buffer.alloc(200_000), true);
    await peer.send(peer.headers(5, get));
    expect([peer.resetOf(3), peer.resetOf(5)]).toEqual([undefined, "ENHANCE_YOUR_CALM"]);
    await peer.send(frame(RST_STREAM, 0, 1, uint32(8)), peer.headers(7, get));
    expect(peer.resetOf(7)).toBeUndefined();
    expect(requests.map(({ end }) => end)).toEqual(["reset", undefined, undefined]);
  });

  it("a bomb of references does not grow: the list is refused, the table goes on (RFC 7541, 7.3)", async () => {
    const { peer, requests } = await openServer({ maxHeaderListBytes: 16_384 });
    await peer.send(peer.headers(1, [...get, "bomb", "x".repeat(1900)]));
    const bomb = Buffer.concat([peer.encoder.encode(get), Buffer.alloc(15_000, 0xbe)]);
    await peer.send(frame(HEADERS, Flag.END_HEADERS | Flag.END_STREAM, 3, bomb), peer.headers(5, get));
    expect(peer.resetOf(3)).toBe("ENHANCE_YOUR_CALM");
    expect(requests.map(({ end }) => end)).toEqual(["done", "done"]);
  });

  it.each([
    [{ maxConcurrentStreams: 0 }, "maxConcurrentStreams: expected an integer in [1, 2147483647], got 0"],
    [{ streamWindowBytes: 100 }, "streamWindowBytes: expected an integer in [65535, 2147483647], got 100"],
    [{ keepaliveMs: 1.5 }, "keepaliveMs: expected an integer in [0, 86400000], got 1.5"],
  ])("an option out of bounds is refused by name: %o", async (options, message) => {
    await expect(openServer(options)).rejects.toThrow(new RangeError(message));
  });
});
