import { once } from "node:events";
import { ErrorInfoSchema } from "@banyan/stubs-standard/error-details";
import { Health } from "@banyan/stubs-standard/health";
import { ServerReflection } from "@banyan/stubs-standard/reflection-v1";
import { UserService } from "@banyan/stubs-user";
import { Code, ConnectError, createClient } from "@connectrpc/connect";
import { describe, expect, it } from "vitest";
import { engines } from "../engine.ts";
import { openUserServer } from "../testing/user-server.ts";
import { http2Transport } from "./http2-transport.ts";
import { isNotProcessed } from "./not-processed-error.ts";

const protocols = ["grpc", "connect"] as const;
const pairings = protocols.flatMap((protocol) =>
  engines.flatMap((engine) => engines.map((RPC_TRANSPORT) => ({ protocol, engine, RPC_TRANSPORT }))),
);
const title = "$protocol: a client by $engine and a server by $RPC_TRANSPORT";

describe.each(pairings)(title, ({ protocol, engine, RPC_TRANSPORT }) => {
  it("answer, with headers both ways", async () => {
    const seen: (string | null)[] = [];
    await using server = await openUserServer(
      {
        getUser({ userId }, { requestHeader, responseHeader, responseTrailer }) {
          seen.push(requestHeader.get("x-own"));
          responseHeader.set("x-one", "a");
          responseTrailer.set("x-two-bin", "AAE");
          return { userId, name: "Ada" };
        },
      },
      { RPC_TRANSPORT },
    );
    await using transport = http2Transport(server.address, { engine, protocol });
    const user = await createClient(UserService, transport).getUser(
      { userId: "7" },
      {
        headers: { "x-own": "mine" },
        onHeader: (header) => seen.push(header.get("x-one")),
        onTrailer: (trailer) => seen.push(trailer.get("x-two-bin")),
      },
    );
    expect(user).toMatchObject({ userId: "7", name: "Ada" });
    expect(seen).toEqual(["mine", "a", "AAE"]);
  });

  it("tell errors with their details", async () => {
    await using server = await openUserServer({}, { RPC_TRANSPORT });
    await using transport = http2Transport(server.address, { engine, protocol });
    const users = createClient(UserService, transport);
    const [missing, broken] = await Promise.all(
      ["missing", "broken database"].map(async (userId) =>
        ConnectError.from(await users.getUser({ userId }).catch((error: unknown) => error)),
      ),
    );
    expect(missing).toMatchObject({ code: Code.NotFound, rawMessage: "no user has this id" });
    expect(missing?.findDetails(ErrorInfoSchema)).toMatchObject([{ reason: "USER_NOT_FOUND" }]);
    expect(broken?.code).toBe(Code.Unavailable);
    expect(isNotProcessed(broken)).toBe(false);
  });

  it("make many calls at once, of large messages too", async () => {
    await using server = await openUserServer({}, { RPC_TRANSPORT, concurrency: false });
    await using transport = http2Transport(server.address, { engine, protocol });
    const users = createClient(UserService, transport);
    const names = Array.from({ length: 100 }, (_, at) => "a".repeat(at * 1000));
    const answers = await Promise.all(names.map((name) => users.createUser({ name })));
    expect(answers.map(({ userId }) => userId)).toEqual(names.map(({ length }) => String(length)));
  });

  it("end a call at its deadline, or when it is given up, on both sides", async () => {
    const reasons: unknown[] = [];
    const seen = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const arrived = Promise.withResolvers<void>();
    await using server = await openUserServer(
      {
        async getUser({ userId }, { signal }) {
          if (userId === "1") arrived.resolve();
          await once(signal, "abort");
          reasons.push(ConnectError.from(signal.reason).code);
          seen[reasons.length - 1]?.resolve();
          return {};
        },
      },
      { RPC_TRANSPORT },
    );
    await using transport = http2Transport(server.address, { engine, protocol });
    const users = createClient(UserService, transport);
    await expect(users.getUser({}, { timeoutMs: 50 })).rejects.toMatchObject({ code: Code.DeadlineExceeded });
    await seen[0]?.promise;
    const controller = new AbortController();
    const call = users.getUser({ userId: "1" }, { signal: controller.signal });
    const failed = expect(call).rejects.toMatchObject({ code: Code.Canceled });
    await arrived.promise;
    controller.abort();
    await failed;
    await seen[1]?.promise;
    expect(reasons[1]).toBe(Code.Canceled);
  });

  it("stream, in one direction and in both", async () => {
    await using server = await openUserServer({}, { RPC_TRANSPORT });
    await using transport = http2Transport(server.address, { engine, protocol });
    const controller = new AbortController();
    const updates = createClient(Health, transport).watch({}, { signal: controller.signal })[Symbol.asyncIterator]();
    expect(await updates.next()).toMatchObject({ done: false, value: { status: 1 } });
    const ended = expect(updates.next()).rejects.toMatchObject({ code: Code.Canceled });
    controller.abort();
    await ended;
    const questions = async function* () {
      for (let count = 0; count < 50; count++) yield { messageRequest: { case: "listServices" as const, value: "" } };
    };
    const answers = await Array.fromAsync(
      createClient(ServerReflection, transport).serverReflectionInfo(questions()),
      ({ messageResponse }) => messageResponse.case,
    );
    expect(answers).toEqual(Array.from({ length: 50 }, () => "listServicesResponse"));
  });

  it("lose no call when the server drains, and go on with the next one", async () => {
    const arrived = Promise.withResolvers<void>();
    const finish = Promise.withResolvers<void>();
    const first = await openUserServer(
      {
        async getUser() {
          arrived.resolve();
          await finish.promise;
          return { name: "Ada" };
        },
      },
      { RPC_TRANSPORT },
    );
    await using transport = http2Transport(first.address, { engine, protocol });
    const users = createClient(UserService, transport);
    const call = users.getUser({});
    await arrived.promise;
    const drained = first[Symbol.asyncDispose]();
    finish.resolve();
    expect(await call).toMatchObject({ name: "Ada" });
    await drained;
    await using next = await openUserServer({}, { RPC_TRANSPORT, PORT: first.port, ADMIN_PORT: 0 });
    expect(await users.getUser({ userId: "9" })).toMatchObject({ userId: "9" });
    expect(next.address).toBe(first.address);
  });
});
