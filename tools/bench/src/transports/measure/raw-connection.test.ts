import { once } from "node:events";
import { createServer, type ServerHttp2Stream } from "node:http2";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { listenOnLoopback } from "../programs/listen-on-loopback.ts";
import { openRawConnection } from "./raw-connection.ts";

describe("openRawConnection", () => {
  const server = createServer();
  let address: string;

  beforeEach(async () => {
    address = await listenOnLoopback(server);
  });
  afterEach(() => {
    server.removeAllListeners("stream");
    server.close();
  });

  it("sends a gRPC request, and answers with its data at the trailers", async () => {
    server.on("stream", (stream: ServerHttp2Stream, headers) => {
      stream.respond({ ":status": 200 }, { waitForTrailers: true });
      stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
      stream.write(`${headers[":path"]} ${headers["content-type"]} `);
      stream.pipe(stream);
    });
    const connection = await openRawConnection(address);
    const answers = await Promise.all(["one", "two"].map((body) => connection.request("/a/B", Buffer.from(body))));
    connection.close();
    expect(answers.map(String)).toEqual(["/a/B application/grpc one", "/a/B application/grpc two"]);
  });

  it("leaves a stream open that it gives no body, and says so when it is reset", async () => {
    const opened = once(server, "stream");
    const connection = await openRawConnection(address);
    const answer = connection.request("/a/B");
    const [stream] = await opened;
    expect(stream.readableEnded).toBe(false);
    stream.on("error", () => undefined).close(2);
    await expect(answer).rejects.toThrow("reset the stream");
    connection.close();
  });
});
