import { createSecureServer, type SecureServerOptions } from "node:http2";
import { createServer as createTcpServer } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { UserService } from "@banyan/stubs-user";
import { Code, ConnectError, createClient } from "@connectrpc/connect";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { engines } from "../engine.ts";
import { listen } from "../server/listen.ts";
import { selfSigned } from "../testing/self-signed.ts";
import { answerUnimplemented } from "../testing/raw-http2-server.ts";
import { testDiscovery } from "../testing/test-discovery.ts";
import { openUserServer } from "../testing/user-server.ts";
import { balancedTransport } from "./balanced-transport.ts";
import type { ClientTls } from "./client-tls.ts";
import { askHealth, healthProbe } from "./health-probe.ts";
import { http2Transport } from "./http2-transport.ts";
import { isNotProcessed } from "./not-processed-error.ts";

const own = selfSigned();
const trusted: ClientTls = { ca: own.cert };
const protocols = ["grpc", "connect"] as const;

const onLoopback = { host: "127.0.0.1", port: 0, variable: "PORT" };

describe.each(engines.flatMap((engine) => engines.map((RPC_TRANSPORT) => ({ engine, RPC_TRANSPORT }))))(
  "tls, a client by $engine and a server by $RPC_TRANSPORT",
  ({ engine, RPC_TRANSPORT }) => {
    it.each(protocols)("%s: calls, and the server knows that it is TLS", async (protocol) => {
      await using server = await openUserServer(
        { getUser: ({ userId }, { url }) => ({ userId, name: url }) },
        { RPC_TRANSPORT, tls: own },
      );
      await using transport = http2Transport(server.address, { engine, protocol, tls: trusted });
      const users = createClient(UserService, transport);
      const answers = await Promise.all(["1", "2", "3"].map((userId) => users.getUser({ userId })));
      const name = `https://${server.address}/user.v1.UserService/GetUser`;
      expect(answers.map((user) => [user.userId, user.name])).toEqual(["1", "2", "3"].map((userId) => [userId, name]));
    });

    it("takes the name that the certificate has to have from the options", async () => {
      await using server = await openUserServer({}, { RPC_TRANSPORT, tls: own });
      for (const serverName of ["localhost", "127.0.0.1"]) {
        await using transport = http2Transport(server.address, { engine, tls: { ...trusted, serverName } });
        expect(await createClient(UserService, transport).getUser({ userId: "7" })).toMatchObject({ userId: "7" });
      }
    });

    it.each<[string, ClientTls, string]>([
      ["another root", { ca: selfSigned().cert }, "self-signed certificate"],
      ["the roots that Node trusts", {}, "self-signed certificate"],
      ["another name", { ...trusted, serverName: "user.internal" }, "does not match certificate's altnames"],
      ["another IP address", { ...trusted, serverName: "127.0.0.2" }, "does not match certificate's altnames"],
    ])("refuses a server when it is to have %s", async (_, tls, reason) => {
      await using server = await openUserServer({}, { RPC_TRANSPORT, tls: own });
      const failure = await failureAt(server.address, tls);
      expect(failure.message).toContain(`${server.address} did not take the call: `);
      expect(failure.message).toContain(reason);
      expect(server.captured.records()).not.toContainEqual(expect.objectContaining({ msg: "call" }));
    });

    it("refuses a certificate whose time is over", async () => {
      const expired = selfSigned(new Date(Date.now() - 1000));
      await using server = await openUserServer({}, { RPC_TRANSPORT, tls: expired });
      expect((await failureAt(server.address, { ca: expired.cert })).message).toContain("certificate has expired");
    });

    it("says so when the server speaks cleartext", async () => {
      await using server = await openUserServer({}, { RPC_TRANSPORT });
      expect((await failureAt(server.address, trusted)).message).toBe(
        `[unavailable] ${server.address} did not take the call: no TLS connection: wrong version number`,
      );
    });
    async function failureAt(address: string, tls: ClientTls): Promise<ConnectError> {
      await using transport = http2Transport(address, { engine, tls });
      const [outcome] = await Promise.allSettled([createClient(UserService, transport).getUser({ userId: "7" })]);
      if (outcome.status === "fulfilled") throw new Error("expected the call to fail");
      expect(outcome.reason).toMatchObject({ code: Code.Unavailable });
      expect(isNotProcessed(outcome.reason)).toBe(true);
      return ConnectError.from(outcome.reason);
    }
  },
);

describe.each(engines)("tls by %s", (engine) => {
  async function failureAt(address: string, tls: ClientTls, connectTimeoutMs = 1000): Promise<string> {
    await using transport = http2Transport(address, { engine, tls, connectTimeoutMs });
    const [outcome] = await Promise.allSettled([createClient(UserService, transport).getUser({ userId: "7" })]);
    if (outcome.status === "fulfilled") throw new Error("expected the call to fail");
    expect(outcome.reason).toMatchObject({ code: Code.Unavailable });
    expect(isNotProcessed(outcome.reason)).toBe(true);
    return ConnectError.from(outcome.reason).rawMessage;
  }

  it.each([
    [undefined, "it speaks TLS, but does not agree on HTTP/2 (ALPN h2)"],
    [["http/1.1"], "it speaks TLS, but does not agree on HTTP/2 (ALPN h2)"],
  ])("refuses a server that offers the protocols %j", async (ALPNProtocols, reason) => {
    await using server = createTlsServer({ ...own, ...(ALPNProtocols && { ALPNProtocols }) });
    const { address } = await listen(server, onLoopback);
    expect(await failureAt(address, trusted)).toBe(`${address} did not take the call: ${reason}`);
  });

  it("verifies certificates whatever NODE_TLS_REJECT_UNAUTHORIZED says", async () => {
    vi.stubEnv("NODE_TLS_REJECT_UNAUTHORIZED", "0");
    onTestFinished(() => void vi.unstubAllEnvs());
    await using server = await openUserServer({}, { tls: own });
    expect(await failureAt(server.address, {})).toContain("self-signed certificate");
  });

  it("gives up a handshake that takes too long", async () => {
    await using server = createTcpServer((socket) => socket.on("error", () => {}).resume());
    const { address } = await listen(server, onLoopback);
    expect(await failureAt(address, trusted, 100)).toBe(
      `${address} did not take the call: not connected within 100 ms`,
    );
  });

  it("closes at once while it shakes hands", async () => {
    const arrived = Promise.withResolvers<void>();
    const closed = Promise.withResolvers<void>();
    await using server = createTcpServer((socket) => {
      socket
        .on("error", () => {})
        .on("close", () => closed.resolve())
        .resume();
      arrived.resolve();
    });
    const { address } = await listen(server, onLoopback);
    const transport = http2Transport(address, { engine, tls: trusted, connectTimeoutMs: 60_000 });
    const call = createClient(UserService, transport).getUser({});
    const failed = expect(call).rejects.toMatchObject({ code: Code.Unavailable });
    await arrived.promise;
    await transport[Symbol.asyncDispose]();
    await failed;
    await closed.promise;
  });

  it("proves who it is where the server asks for it", async () => {
    const identity = selfSigned();
    await using server = await openMutualServer({ ...own, ca: identity.cert });
    await using transport = http2Transport(server.address, { engine, tls: { ...trusted, identity } });
    await expect(createClient(UserService, transport).getUser({})).rejects.toMatchObject({ code: Code.Unimplemented });
    await using nobody = http2Transport(server.address, { engine, tls: trusted });
    await expect(createClient(UserService, nobody).getUser({})).rejects.toMatchObject({
      code: Code.Unavailable,
      // TLS 1.3 tells of it once the client has been secure for a while.
      rawMessage: expect.stringMatching(/: no TLS connection: .*certificate required$/),
    });
  });

  it.each<[string, ClientTls, string]>([
    ["an empty ca", { ca: "" }, "tls.ca: expected certificates in PEM"],
    ["a ca that is none", { ca: own.key }, "tls.ca: expected certificates in PEM"],
    ["a broken ca", { ca: own.cert.replace(/[A-Z]{2}/, "==") }, "tls.ca: expected certificates in PEM"],
    ["no name", { serverName: "" }, 'tls.serverName: expected a host name or an IP address, got ""'],
    [
      "a URL for a name",
      { serverName: "https://a" },
      'tls.serverName: expected a host name or an IP address, got "https://a"',
    ],
    [
      "a key of another certificate",
      { identity: { ...own, key: selfSigned().key } },
      "tls.identity: expected a certificate and its key in PEM",
    ],
  ])("refuses %s by name", (_, tls, message) => {
    const refusal = expect.objectContaining({ name: "TypeError", message: expect.stringContaining(message) });
    expect(() => http2Transport("a:1", { engine, tls })).toThrow(refusal);
    expect(() => balancedTransport(testDiscovery("a:1"), { name: "user", engine, tls })).toThrow(refusal);
    expect(() => healthProbe({ tls })).toThrow(refusal);
  });
});

describe("balancedTransport and healthProbe", () => {
  it("speak TLS with the instances", async () => {
    await using server = await openUserServer({}, { tls: own });
    await using transport = balancedTransport(testDiscovery(server.address), { name: "user", tls: trusted });
    expect(await createClient(UserService, transport).getUser({ userId: "7" })).toMatchObject({ userId: "7" });
    const signal = new AbortController().signal;
    expect(await healthProbe({ tls: trusted })(server, "user", signal)).toBe(true);
    expect(await healthProbe()(server, "user", signal)).toBe(false);
    expect(await healthProbe({ tls: { ...trusted, serverName: "order" } })(server, "user", signal)).toBe(false);
    expect(await askHealth(server.address, "user", { tls: {} })).toEqual({
      tag: "no answer",
      reason: expect.stringContaining("self-signed certificate"),
    });
  });

  it("want the certificate to name the service", async () => {
    await using server = await openUserServer({}, { tls: own });
    for (const [name, tls] of [
      ["order", trusted],
      ["user", { ...trusted, serverName: "order" }],
    ] as const) {
      await using transport = balancedTransport(testDiscovery(server.address), { name, tls });
      const call = createClient(UserService, transport).getUser({ userId: "7" }, { timeoutMs: 2000 });
      await expect(call).rejects.toThrow("Hostname/IP does not match certificate's altnames: Host: order.");
    }
  });
});

/** A server that demands a certificate of its callers. */
async function openMutualServer(options: SecureServerOptions): Promise<AsyncDisposable & { readonly address: string }> {
  const server = createSecureServer({ ...options, requestCert: true, rejectUnauthorized: true });
  const sessions = new Set<{ destroy(): void }>();
  server.on("session", (session) => sessions.add(session));
  server.on("stream", answerUnimplemented);
  const { address } = await listen(server, onLoopback);
  return {
    address,
    async [Symbol.asyncDispose]() {
      for (const session of sessions) session.destroy();
      await server[Symbol.asyncDispose]();
    },
  };
}
