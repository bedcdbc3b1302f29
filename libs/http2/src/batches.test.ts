import { setImmediate as turn } from "node:timers/promises";
import { describe, expect, it, vi } from "vitest";
import { ClientConnection } from "./client-connection.ts";
import { FrameReader } from "./frames/frame-reader.ts";
import { FrameType } from "./frames/frame.ts";
import { get, openServer } from "./testing/echo-server.ts";
import { RawPeer, frame } from "./testing/raw-peer.ts";

const ignored = { onResponse() {}, onData() {}, onTrailers() {}, onDrain() {}, onClosed() {} };

/** Collects what is written to a socket from now on: of each write, how many streams begin in it. */
function streamsByWrite(socket: RawPeer["socket"]): number[] {
  const writes: number[] = [];
  const write = socket.write.bind(socket);
  vi.spyOn(socket, "write").mockImplementation((chunk: Buffer) => {
    let begun = 0;
    new FrameReader(2 ** 24, (type) => (begun += type === FrameType.HEADERS ? 1 : 0)).read(chunk);
    writes.push(begun);
    return write(chunk);
  });
  return writes;
}

/** A client whose server has said hello. */
async function openClient() {
  const peer = new RawPeer(true);
  const client = new ClientConnection(peer.socket);
  await peer.send(frame(FrameType.SETTINGS, 0, 0));
  return { client, writes: streamsByWrite(peer.socket) };
}

describe("what is written in one turn of the event loop", () => {
  it("goes out by a client after 1, 4, 16 and 64 requests, and at its end", async () => {
    const { client, writes } = await openClient();
    for (let request = 0; request < 100; request++) client.request({ fields: get, isEnd: true }, ignored);
    expect(writes).toEqual([1, 3, 12, 48]);
    await turn();
    expect(writes).toEqual([1, 3, 12, 48, 36]);
  });

  it("begins anew with each turn", async () => {
    const { client, writes } = await openClient();
    for (let turns = 0; turns < 2; turns++) {
      for (let request = 0; request < 3; request++) client.request({ fields: get, isEnd: true }, ignored);
      await turn();
    }
    expect(writes).toEqual([1, 2, 1, 2]);
  });

  it("goes out together where it is one request with its body", async () => {
    const { client, writes } = await openClient();
    client.request({ fields: get }, ignored)?.write(Buffer.alloc(4000), true);
    await turn();
    expect(writes).toEqual([1]);
  });

  it("goes out by a server after 32 answers, and at its end", async () => {
    const { peer } = await openServer();
    const writes = streamsByWrite(peer.socket);
    const requests = Array.from({ length: 50 }, (_, at) => peer.headers(2 * at + 1, get));
    await peer.send(Buffer.concat(requests));
    expect(writes).toEqual([32, 18]);
  });
});
