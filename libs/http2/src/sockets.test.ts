import { once } from "node:events";
import * as nodeHttp2 from "node:http2";
import * as net from "node:net";
import { text } from "node:stream/consumers";
import { describe, expect, it } from "vitest";
import { ClientConnection, type ClientStream } from "./client-connection.ts";
import type { StreamEnd } from "./connection/stream.ts";
import type { HeaderList } from "./hpack/header-list.ts";
import { ServerConnection } from "./server-connection.ts";

const post: HeaderList = [":method", "POST", ":scheme", "http", ":path", "/echo", ":authority", "localhost"];

function portOf(server: net.Server | nodeHttp2.Http2Server): number {
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("the server has no port");
  return address.port;
}

/** A server of ours that sends back what it gets, as it comes, with the fields it got. */
async function openEcho() {
  const connections = new Set<ServerConnection>();
  const server = net.createServer((socket) => {
    const connection = new ServerConnection(socket, {
      onRequest(stream, head, isEnd) {
        const echoed = head.fields.filter((_, at, all) => all[at - (at % 2)]?.startsWith("x-"));
        stream.sendHeaders([":status", "200"], echoed);
        if (isEnd) stream.sendTrailers(["x-bytes", "0"]);
        let bytes = 0;
        let waiting: (() => void)[] = [];
        return {
          onData(chunk, start, end, isLast) {
            bytes += end - start;
            const credit = (): void => stream.consumed(end - start);
            if (stream.write(chunk.subarray(start, end))) credit();
            else waiting.push(credit);
            if (isLast) stream.sendTrailers(["x-bytes", String(bytes)]);
          },
          onTrailers: (fields) => stream.sendTrailers(fields),
          onDrain() {
            for (const credit of waiting) credit();
            waiting = [];
          },
          onClosed() {},
        };
      },
      onClosed: () => connections.delete(connection),
    });
    connections.add(connection);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  return {
    port: portOf(server),
    connections,
    async [Symbol.asyncDispose]() {
      for (const connection of connections) connection.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function connect(port: number): Promise<ClientConnection> {
  const socket = net.connect(port, "127.0.0.1");
  await once(socket, "connect");
  return new ClientConnection(socket);
}

interface Answer {
  readonly status: number;
  readonly fields: HeaderList;
  readonly body: Buffer;
  readonly trailers: HeaderList;
  readonly end: StreamEnd;
}

/** Sends a body in pieces as there is room, and takes the answer. */
function call(client: ClientConnection, pieces: readonly Buffer[], passing: HeaderList = []): Promise<Answer> {
  return new Promise((resolve) => {
    let [status, fields, trailers]: [number, HeaderList, HeaderList] = [0, [], []];
    const body: Buffer[] = [];
    const left = [...pieces];
    const send = (to: ClientStream | undefined): void => {
      for (let piece = left.shift(); piece !== undefined; piece = left.shift()) {
        if (!to?.write(piece, left.length === 0)) return;
      }
    };
    const stream: ClientStream | undefined = client.request(
      { fields: post, passing, isEnd: pieces.length === 0 },
      {
        onResponse: (head) => ([status, fields] = [head.status, head.fields]),
        onData(bytes, start, end) {
          body.push(bytes.subarray(start, end));
          stream?.consumed(end - start);
        },
        onTrailers: (list) => (trailers = list),
        onDrain: () => send(stream),
        onClosed: (end) => resolve({ status, fields, body: Buffer.concat(body), trailers, end }),
      },
    );
    send(stream);
  });
}

const large = Array.from({ length: 50 }, (_, at) => Buffer.alloc(100_000, at));

describe("our client and our server over a socket", () => {
  it("carry five megabytes each way, beyond every window, and many streams beside it", async () => {
    await using server = await openEcho();
    const client = await connect(server.port);
    const answers = await Promise.all([
      call(client, large),
      ...Array.from({ length: 200 }, (_, at) => call(client, [Buffer.from(`small ${at}`)], ["x-at", String(at)])),
    ]);
    expect(answers[0]?.body.equals(Buffer.concat(large))).toBe(true);
    expect(answers.slice(1).map(({ body }) => body.toString())).toEqual(
      Array.from({ length: 200 }, (_, at) => `small ${at}`),
    );
    expect(answers[77]).toMatchObject({
      status: 200,
      fields: ["x-at", "76"],
      trailers: ["x-bytes", "8"],
      end: { tag: "done" },
    });
    client.shutdown();
    await expect.poll(() => server.connections.size).toBe(0);
  });
});

describe("node:http2's client", () => {
  it("calls our server: bodies, trailers, every octet of a value, and a drain without a lost call", async () => {
    await using server = await openEcho();
    const session = nodeHttp2.connect(`http://127.0.0.1:${server.port}`);
    const request = session.request({ ":method": "POST", ":path": "/echo", "x-value": "~!@#$%^&*() ümläut" });
    const trailers = once(request, "trailers");
    const response = once(request, "response");
    for (const piece of large) request.write(piece);
    request.end();
    const body = await text(request.setEncoding("latin1"));
    expect(body).toHaveLength(5_000_000);
    expect((await response)[0]).toMatchObject({ ":status": 200, "x-value": "~!@#$%^&*() ümläut" });
    expect((await trailers)[0]).toMatchObject({ "x-bytes": "5000000" });

    const open = session.request({ ":method": "POST", ":path": "/echo" });
    open.write("before");
    await once(open, "response");
    for (const connection of server.connections) connection.shutdown();
    await once(session, "goaway");
    open.end("after");
    expect(await text(open)).toBe("beforeafter");
    await once(session, "close");
  });
});

describe("node:http2's server", () => {
  it("answers our client: bodies, trailers, and a drain", async () => {
    const server = nodeHttp2.createServer();
    server.on("stream", (stream: nodeHttp2.ServerHttp2Stream, headers: nodeHttp2.IncomingHttpHeaders) => {
      stream.respond({ ":status": 200, "x-path": headers[":path"] }, { waitForTrailers: true });
      stream.on("wantTrailers", () => stream.sendTrailers({ "x-end": "yes" }));
      stream.pipe(stream);
    });
    await once(server.listen(0, "127.0.0.1"), "listening");
    const client = await connect(portOf(server));
    const answers = await Promise.all([call(client, large), call(client, []), call(client, [Buffer.from("a")])]);
    expect(answers.map(({ body }) => body.length)).toEqual([5_000_000, 0, 1]);
    expect(answers[2]).toMatchObject({
      status: 200,
      fields: ["x-path", "/echo", "date", expect.any(String)],
      trailers: ["x-end", "yes"],
    });
    await new Promise((resolve) => {
      server.close(resolve);
      client.shutdown();
    });
    expect(client.isClosed).toBe(true);
  });
});
