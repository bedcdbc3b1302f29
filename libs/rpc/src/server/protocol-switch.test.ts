import { once } from "node:events";
import { createServer as createHttp1Server, request } from "node:http";
import { connect as connectHttp2, createServer as createHttp2Server } from "node:http2";
import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { listen } from "./listen.ts";
import { switchProtocols } from "./protocol-switch.ts";

const undecidedTimeoutMs = 200;
const preface = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
const emptySettings = Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]);

let port: number;
let cleanup: AsyncDisposableStack;

beforeEach(async () => {
  cleanup = new AsyncDisposableStack();
  const http1 = createHttp1Server({ headersTimeout: 200, connectionsCheckingInterval: 50 }, (_, response) => {
    response.end("one");
  });
  const http2 = createHttp2Server((_, response) => void response.end("two"));
  switchProtocols(http1, (socket) => void http2.emit("connection", socket), { undecidedTimeoutMs });
  ({ port } = await listen(http1, { host: "127.0.0.1", port: 0, variable: "PORT" }));
  cleanup.defer(async () => {
    const closed = once(http1, "close");
    http1.close();
    http2.close();
    await closed;
  });
});

afterEach(() => cleanup.disposeAsync());

/** A connection of the test's own, and all that it has read when it is closed. */
function dial(): { socket: Socket; read: Promise<string> } {
  const socket = connect({ port, host: "127.0.0.1", noDelay: true, allowHalfOpen: true });
  cleanup.defer(() => void socket.destroy());
  const chunks: Buffer[] = [];
  socket.on("data", (chunk: Buffer) => chunks.push(chunk));
  socket.on("end", () => socket.end());
  const read = once(socket, "close").then(() => Buffer.concat(chunks).toString("latin1"));
  return { socket, read };
}

describe("switchProtocols", () => {
  it("serves HTTP/1.1", async () => {
    const [response] = await once(request({ port, host: "127.0.0.1", agent: false }).end(), "response");
    const chunks: Buffer[] = await Array.fromAsync(response);
    expect(Buffer.concat(chunks).toString()).toBe("one");
  });

  it("serves HTTP/2 with prior knowledge", async () => {
    const session = connectHttp2(`http://127.0.0.1:${port}`);
    const stream = session.request({ ":path": "/" });
    const chunks: Buffer[] = await Array.fromAsync(stream);
    expect(Buffer.concat(chunks).toString()).toBe("two");
    session.close();
    await once(session, "close");
  });

  it("recognises a preface that arrives byte by byte", async () => {
    const { socket, read } = dial();
    for (const byte of preface) {
      socket.write(Buffer.of(byte));
      await sleep(1);
    }
    socket.write(emptySettings);
    await once(socket, "data");
    socket.end();
    // The server's own preface is a SETTINGS frame: type 4 at offset 3.
    expect((await read).charCodeAt(3)).toBe(4);
  });

  it("closes an HTTP/2 connection whose caller has ended its side", async () => {
    const { socket, read } = dial();
    socket.end(Buffer.concat([preface, emptySettings]));
    await read;
  });

  it("takes a request that only begins like the preface for HTTP/1.1", async () => {
    const { socket, read } = dial();
    socket.write("P");
    await sleep(5);
    socket.write("RIME / HTTP/1.1\r\nhost: a\r\n\r\n");
    expect(await read).toMatch(/^HTTP\/1\.1 400 /);
  });

  it("closes a connection that says nothing", async () => {
    expect(await dial().read).toBe("");
  });

  it("closes a connection that stops in the middle of the preface", async () => {
    const { socket, read } = dial();
    socket.write(preface.subarray(0, 20));
    expect(await read).toBe("");
  });

  it("closes a connection whose HTTP/1.1 headers take too long", async () => {
    const { socket, read } = dial();
    socket.write("GET / HTTP/1.1\r\nhost: a\r\nx-slow: ");
    expect(await read).toMatch(/^HTTP\/1\.1 408 /);
  });

  it("closes a connection that ends before it has said anything", async () => {
    const { socket, read } = dial();
    socket.end();
    expect(await read).toBe("");
  });

  it("survives a connection that is reset before it has said anything", async () => {
    const { socket } = dial();
    await once(socket, "connect");
    socket.resetAndDestroy();
    const [response] = await once(request({ port, host: "127.0.0.1", agent: false }).end(), "response");
    expect(response.statusCode).toBe(200);
    response.resume();
  });
});
