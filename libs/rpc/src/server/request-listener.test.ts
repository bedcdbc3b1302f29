import { once } from "node:events";
import { connect as connectHttp2, type IncomingHttpHeaders } from "node:http2";
import { connect } from "node:net";
import { ServerReflection } from "@banyan/stubs-standard/reflection-v1";
import { UserService } from "@banyan/stubs-user";
import { createClient } from "@connectrpc/connect";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { http2Transport } from "../client/http2-transport.ts";
import { userServersOn, type UserServer } from "../testing/user-server.ts";
import { engines } from "../engine.ts";

describe.each(engines)("%s:", (engine) => {
  const openUserServer = userServersOn(engine);

  let server: UserServer;
  beforeAll(async () => void (server = await openUserServer()));
  afterAll(() => server[Symbol.asyncDispose]());

  /** Sends bytes as they are, and reads until the server closes. */
  async function raw(text: string): Promise<string> {
    const socket = connect(server.port, "127.0.0.1");
    socket.write(text);
    const chunks: Buffer[] = await Array.fromAsync(socket);
    return Buffer.concat(chunks).toString("latin1");
  }

  /** Answers to one HTTP/2 request: the response's headers. */
  async function http2(headers: Record<string, string>, body: Buffer): Promise<IncomingHttpHeaders> {
    const session = connectHttp2(server.url);
    const stream = session.request({ ":method": "POST", ...headers });
    stream.end(body);
    stream.resume();
    const [answer] = await once(stream, "response");
    session.close();
    await once(session, "close");
    return answer;
  }

  const emptyMessage = Buffer.from([0, 0, 0, 0, 0]);

  describe("createRequestListener", () => {
    it("tells the log who calls", async () => {
      await using transport = http2Transport(server.address);
      await createClient(UserService, transport).getUser({ userId: "1" });
      const calls = server.captured.records().filter(({ msg }) => msg === "call");
      expect(calls.at(-1)).toMatchObject({ peer: expect.stringMatching(/^127\.0\.0\.1:\d+$/) });
      await fetch(`${server.url}/user.v1.UserService/GetUser?connect=v1&encoding=json&message={}`);
      const { peer } = server.captured.records().findLast(({ msg }) => msg === "call") ?? {};
      expect(peer).toMatch(/^127\.0\.0\.1:\d+$/);
      expect(peer).not.toBe(calls.at(-1)?.["peer"]);
    });

    it("counts calls of methods that it does not know as one method", async () => {
      const grpc = { ":method": "POST", "content-type": "application/grpc" };
      for (let count = 0; count < 20; count++) {
        await http2({ ...grpc, ":path": `/user.v1.UserService/Nothing${count}` }, emptyMessage);
      }
      const metrics = await (await fetch(`http://127.0.0.1:${server.adminPort}/metrics`)).text();
      expect(metrics).not.toContain("Nothing");
      const labels = 'rpc_system_name="grpc",rpc_method="_OTHER",rpc_status_code="UNIMPLEMENTED"';
      expect(metrics).toContain(`rpc_server_call_duration_seconds_count{${labels},error_type="UNIMPLEMENTED"} 20`);
    });

    it("answers 404 in plain text for a path that is no method", async () => {
      const response = await fetch(`${server.url}/user.v1.UserService/Nothing`, { method: "POST", body: "{}" });
      expect([response.status, response.headers.get("content-type"), await response.text()]).toEqual([
        404,
        "text/plain; charset=utf-8",
        "not found\n",
      ]);
    });

    it.each(["application/grpc", "application/grpc+proto", "application/grpc-web", "application/grpc-web+proto"])(
      "answers UNIMPLEMENTED in the headers for an unknown method in %s",
      async (contentType) => {
        const path = "/user.v1.UserService/Nothing";
        const answer = await http2({ ":path": path, "content-type": contentType }, emptyMessage);
        expect(answer).toMatchObject({ ":status": 200, "content-type": contentType, "grpc-status": "12" });
        expect(decodeURIComponent(String(answer["grpc-message"]))).toBe(`${path} is not a method of this server`);
      },
    );

    it.each([
      ["HTTP/1.1 whose Host is not an authority", "POST /user.v1.UserService/GetUser HTTP/1.1\r\nHost: [\r\n"],
      ["HTTP/1.0 without a Host", "POST /user.v1.UserService/GetUser HTTP/1.0\r\n"],
    ])("answers 400 to %s, and lives", async (_, head) => {
      const body = "connection: close\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}";
      expect(await raw(head + body)).toMatch(/^HTTP\/1\.1 400 /);
    });

    it("answers 400 to HTTP/2 whose :authority is none, and lives", async () => {
      const headers = {
        ":path": "/user.v1.UserService/GetUser",
        ":authority": "[",
        "content-type": "application/grpc",
      };
      expect(await http2(headers, emptyMessage)).toMatchObject({ ":status": 400 });
    });

    it("answers a call whose :authority is an escaped name, as grpc-go's is with the resolver of etcd", async () => {
      const headers = { ":path": "/user.v1.UserService/GetUser", ":authority": "%2Fservices%2Fuser" };
      expect(await http2({ ...headers, "content-type": "application/grpc" }, emptyMessage)).toMatchObject({
        ":status": 200,
      });
    });

    it("answers 400 to what is not HTTP", async () => {
      expect(await raw("\x16\x03\x01 hello\r\n\r\n")).toMatch(/^HTTP\/1\.1 400 /);
    });

    it("takes the next request of an HTTP/1.1 connection after one that it refused half-way", async () => {
      const call = (body: string): string =>
        "POST /user.v1.UserService/CreateUser HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n" +
        `content-length: ${body.length}\r\n\r\n${body}`;
      const tooLarge = call(JSON.stringify({ name: "x".repeat(8 << 20) }));
      const last = call('{"name": "Ada"}').replace("host: a", "host: a\r\nconnection: close");
      const answers = await raw(tooLarge + last);
      expect(answers.match(/HTTP\/1\.1 \d+/g)).toEqual(["HTTP/1.1 429", "HTTP/1.1 200"]);
    });

    it("closes an HTTP/1.1 connection that goes on sending a request long after the answer", async () => {
      const head = "POST /user.v1.UserService/CreateUser HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n";
      const answer = await raw(`${head}content-length: 8000000\r\n\r\nand no more`);
      expect(answer).toMatch(/^HTTP\/1\.1 429 /);
    });

    it("ends a stream of HTTP/2 that is cut off in the middle of a message", async () => {
      const session = connectHttp2(server.url);
      const stream = session.request({
        ":method": "POST",
        ":path": "/user.v1.UserService/GetUser",
        "content-type": "application/grpc",
      });
      stream.write(Buffer.from([0, 0, 0, 1, 0, 1]));
      await new Promise((resolve) => setTimeout(resolve, 20));
      session.destroy();
      await once(session, "close");
      expect((await fetch(`${server.url}/`)).status).toBe(404);
    });

    it("takes a caller that goes in the middle of a stream for no error of ours", async () => {
      await using left = await openUserServer();
      await using transport = http2Transport(left.address);
      const asked = Promise.withResolvers<void>();
      async function* requests() {
        yield { messageRequest: { case: "listServices" as const, value: "" } };
        asked.resolve();
        await new Promise(() => undefined);
      }
      const reflection = createClient(ServerReflection, transport);
      const answers = reflection.serverReflectionInfo(requests())[Symbol.asyncIterator]();
      await answers.next();
      await asked.promise;
      await transport[Symbol.asyncDispose]();
      await left[Symbol.asyncDispose]();
      expect(left.captured.records()).not.toContainEqual(expect.objectContaining({ level: "error" }));
    });
  });
});
