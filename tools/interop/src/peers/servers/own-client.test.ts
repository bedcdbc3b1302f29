import { http2Transport } from "@banyan/rpc";
import { ErrorInfoSchema } from "@banyan/stubs-standard/error-details";
import { Health } from "@banyan/stubs-standard/health";
import { UserService } from "@banyan/stubs-user";
import { Code, ConnectError, createClient, type Client } from "@connectrpc/connect";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { longUser, requestId, requestIdHeader, unknownUserId } from "../account.ts";
import {
  type ForeignServer,
  nameBytes,
  refusalMessage,
  silentUserId,
  startGrpcJsServer,
  watchMessages,
} from "./grpc-js-server.ts";

describe("http2Transport with the engine http2, and a server of grpc-js", () => {
  let server: ForeignServer;
  let transport: ReturnType<typeof http2Transport>;
  let users: Client<typeof UserService>;
  let health: Client<typeof Health>;

  beforeAll(async () => {
    server = await startGrpcJsServer();
    transport = http2Transport(server.address, { engine: "http2" });
    users = createClient(UserService, transport);
    health = createClient(Health, transport);
  });
  afterAll(async () => {
    await transport[Symbol.asyncDispose]();
    server[Symbol.dispose]();
  });

  const refusalBy = async (call: Promise<unknown>): Promise<ConnectError> =>
    call.then(
      () => Promise.reject(new Error("expected a refusal, got an answer")),
      (error: unknown) => ConnectError.from(error),
    );

  it("sends and reads messages of 1 MiB, sixteen at once", async () => {
    const userIds = Array.from({ length: 16 }, (_, index) => String(index));
    const read = await Promise.all(userIds.map((userId) => users.getUser({ userId })));
    expect(read.map(({ userId, name }) => [userId, name.length])).toEqual(userIds.map((id) => [id, nameBytes]));
    const created = await Promise.all(userIds.map(() => users.createUser(longUser())));
    expect(new Set(created.map(({ userId }) => userId))).toEqual(new Set([String(nameBytes)]));
  });

  it("sends metadata and reads the answer's", async () => {
    let seen: string | null = null;
    const headers = { [requestIdHeader]: requestId };
    await users.getUser({ userId: "1" }, { headers, onHeader: (header) => void (seen = header.get(requestIdHeader)) });
    expect(seen).toBe(requestId);
  });

  it("reads the message of a refusal, with details and without", async () => {
    const unknown = await refusalBy(users.getUser({ userId: unknownUserId }));
    expect(unknown).toMatchObject({ code: Code.NotFound, rawMessage: refusalMessage });
    expect(unknown.findDetails(ErrorInfoSchema)).toMatchObject([{ reason: "USER_NOT_FOUND" }]);
    const empty = await refusalBy(users.getUser({ userId: "" }));
    expect(empty).toMatchObject({ code: Code.InvalidArgument, rawMessage: refusalMessage, details: [] });
  });

  it("ends at its deadline and when it is cancelled, and calls on the same connection after", async () => {
    const late = users.getUser({ userId: silentUserId }, { timeoutMs: 200 });
    expect(await refusalBy(late)).toMatchObject({ code: Code.DeadlineExceeded });
    const signal = AbortSignal.timeout(200);
    const cancelled = users.getUser({ userId: silentUserId }, { signal });
    expect(await refusalBy(cancelled)).toMatchObject({ code: Code.Canceled });
    expect(await users.getUser({ userId: "1" })).toMatchObject({ userId: "1" });
  });

  it("reads a stream to its end, and one that it leaves", async () => {
    expect(await Array.fromAsync(health.watch({}))).toHaveLength(watchMessages);
    for await (const { status } of health.watch({})) {
      expect(status).toBe(1); // SERVING
      break;
    }
  });
});
