import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { request as httpsRequest } from "node:https";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect as connectTls } from "node:tls";
import { UserService } from "@banyan/stubs-user";
import { createClient } from "@connectrpc/connect";
import { createConnectTransport, createGrpcTransport } from "@connectrpc/connect-node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { engines } from "../engine.ts";
import { selfSigned } from "../testing/self-signed.ts";
import { userServersOn, type UserServer } from "../testing/user-server.ts";

const tls = selfSigned();

describe.each(engines)("serve({ tls }) on %s", (engine) => {
  const openUserServer = userServersOn(engine);
  const impl = { getUser: (_: unknown, { url }: { url: string }) => ({ name: url }) };
  let server: UserServer;
  let port: number;
  beforeAll(async () => {
    server = await openUserServer(impl, { tls });
    port = server.port;
  });
  afterAll(() => server[Symbol.asyncDispose]());

  it.each([
    ["gRPC", (baseUrl: string, nodeOptions: object) => createGrpcTransport({ baseUrl, nodeOptions })],
    [
      "Connect over HTTP/2",
      (baseUrl: string, nodeOptions: object) => createConnectTransport({ baseUrl, nodeOptions, httpVersion: "2" }),
    ],
    [
      "Connect over HTTP/1.1",
      (baseUrl: string, nodeOptions: object) => createConnectTransport({ baseUrl, nodeOptions, httpVersion: "1.1" }),
    ],
  ])("answers %s, and knows that it is TLS", async (_, transportTo) => {
    const transport = transportTo(`https://localhost:${port}`, { ca: tls.cert, rejectUnauthorized: true });
    const { name } = await createClient(UserService, transport).getUser({});
    expect(name).toBe(`https://localhost:${port}/user.v1.UserService/GetUser`);
  });

  it.each([
    [["h2"], "h2"],
    [["http/1.1", "h2"], "h2"],
    [["http/1.1"], "http/1.1"],
    [[], false],
  ])("agrees with %j on %s", async (ALPNProtocols, chosen) => {
    const socket = connectTls({ port, host: "127.0.0.1", servername: "localhost", ca: tls.cert, ALPNProtocols });
    await once(socket, "secureConnect");
    expect(socket.alpnProtocol).toBe(chosen);
    socket.destroy();
  });

  it("answers HTTP/1.1", async () => {
    const call = httpsRequest({ port, host: "localhost", ca: tls.cert, path: "/", agent: false });
    const [response] = await once(call.end(), "response");
    expect(response.statusCode).toBe(404);
    response.resume();
  });

  it("survives callers that speak no TLS", async () => {
    await expect(fetch(`http://localhost:${port}/`)).rejects.toThrow("fetch failed");
    const transport = createGrpcTransport({ baseUrl: `https://localhost:${port}`, nodeOptions: { ca: tls.cert } });
    expect(await createClient(UserService, transport).getUser({})).toMatchObject({ name: expect.any(String) });
  });

  it("drains, and closes what has said nothing", async () => {
    const drained = await openUserServer(impl, { tls });
    const socket = connectTls({ port: drained.port, host: "127.0.0.1", ca: tls.cert, ALPNProtocols: ["h2"] });
    await once(socket, "secureConnect");
    const closed = once(socket.resume(), "close");
    await drained[Symbol.asyncDispose]();
    await closed;
  });
});

describe("TLS_CERT_FILE and TLS_KEY_FILE", () => {
  let folder: string;
  let cert: string;
  let key: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "tls-"));
    [cert, key] = [join(folder, "tls.crt"), join(folder, "tls.key")];
    await writeFile(cert, tls.cert);
    await writeFile(key, tls.key);
  });
  afterAll(() => rm(folder, { recursive: true }));

  const open = userServersOn("http2");

  it("are read at the start", async () => {
    await using server = await open({}, { TLS_CERT_FILE: cert, TLS_KEY_FILE: key });
    const transport = createGrpcTransport({
      baseUrl: `https://localhost:${server.port}`,
      nodeOptions: { ca: tls.cert },
    });
    expect(await createClient(UserService, transport).getUser({ userId: "7" })).toMatchObject({ userId: "7" });
  });

  it("are refused by name when one is missing, cannot be read, or is of another certificate", async () => {
    const other = join(folder, "other.key");
    await writeFile(other, selfSigned().key);
    const opened = (config: object): Promise<unknown> => open({}, config);
    await expect(opened({ TLS_CERT_FILE: cert })).rejects.toThrow("TLS_KEY_FILE: expected, since TLS_CERT_FILE is set");
    await expect(opened({ TLS_KEY_FILE: key })).rejects.toThrow("TLS_CERT_FILE: expected, since TLS_KEY_FILE is set");
    await expect(opened({ TLS_CERT_FILE: join(folder, "none"), TLS_KEY_FILE: key })).rejects.toThrow(
      `TLS_CERT_FILE: cannot read ${join(folder, "none")}`,
    );
    await expect(opened({ TLS_CERT_FILE: cert, TLS_KEY_FILE: other })).rejects.toThrow(
      "TLS_CERT_FILE, TLS_KEY_FILE: expected a certificate and its key in PEM",
    );
  });
});
