import { constants, type ServerHttp2Stream } from "node:http2";
import { createServer, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { GetUserResponseSchema, UserService } from "@banyan/stubs-user";
import { create, toBinary } from "@bufbuild/protobuf";
import { Code, ConnectError, createClient } from "@connectrpc/connect";
import { describe, expect, it } from "vitest";
import { listen } from "../../server/listen.ts";
import { answerWith, enveloped, grpcHead, okTrailers } from "../../testing/grpc-answer.ts";
import { openRawHttp2Server } from "../../testing/raw-http2-server.ts";
import { http2Transport } from "../http2-transport.ts";
import { isNotProcessed } from "../not-processed-error.ts";
import type { Http2TransportOptions } from "../transport-options.ts";

const ada = toBinary(GetUserResponseSchema, create(GetUserResponseSchema, { name: "Ada" }));
const answerAda = answerWith(grpcHead, [enveloped(ada)], okTrailers);

function usersAt(address: string, options: Http2TransportOptions = {}) {
  const transport = http2Transport(address, { engine: "http2", ...options });
  const users = createClient(UserService, transport);
  return {
    ...users,
    transport,
    failure: async (): Promise<ConnectError> =>
      ConnectError.from(await users.getUser({}).catch((error: unknown) => error)),
    [Symbol.asyncDispose]: () => transport[Symbol.asyncDispose](),
  };
}

/** A server that leaves each call to the test, which gets them as they come. */
async function openServer(maxConcurrentStreams: number) {
  const calls: ServerHttp2Stream[] = [];
  let waiting: { readonly count: number; readonly resolve: () => void } | undefined;
  const server = await openRawHttp2Server(
    (call) => {
      calls.push(call);
      if (waiting !== undefined && calls.length >= waiting.count) waiting.resolve();
    },
    { maxConcurrentStreams },
  );
  return {
    ...server,
    calls,
    answer(at: number): void {
      const call = calls[at];
      if (call !== undefined) answerAda(call);
    },
    arrived(count: number): Promise<void> {
      const { promise, resolve } = Promise.withResolvers<void>();
      waiting = { count, resolve };
      if (calls.length >= count) resolve();
      return promise;
    },
  };
}

describe("Connections", () => {
  it.each(["connectTimeoutMs", "pingIntervalMs", "pingTimeoutMs", "idleTimeoutMs"])(
    "refuses %s out of bounds",
    (name) => {
      for (const ms of [0, 1.5, Infinity, Number.NaN]) {
        expect(() => usersAt("localhost:1", { [name]: ms })).toThrow(`${name}: expected an integer in [1, 86400000]`);
      }
    },
  );

  it("opens another connection when there is no room for a call on the one it has", async () => {
    await using server = await openServer(2);
    await using users = usersAt(server.address);
    const answers = Array.from({ length: 5 }, () => users.getUser({}));
    await server.arrived(5);
    expect(server.connections()).toBe(3);
    for (const call of server.calls) answerAda(call);
    expect(await Promise.all(answers)).toHaveLength(5);
  });

  it("opens eight at most: further calls wait for their turn, in their order", async () => {
    await using server = await openServer(1);
    await using users = usersAt(server.address);
    const done: number[] = [];
    const answers = Array.from({ length: 10 }, async (_, at) => {
      await users.getUser({});
      done.push(at);
    });
    await server.arrived(8);
    expect(server.connections()).toBe(8);
    server.answer(3);
    await server.arrived(9);
    server.answer(8);
    await server.arrived(10);
    for (const at of [0, 1, 2, 4, 5, 6, 7, 9]) server.answer(at);
    await Promise.all(answers);
    expect([server.connections(), done.length]).toEqual([8, 10]);
    expect(done.indexOf(8)).toBe(1);
  });

  it("does not send a call whose deadline has come while it waited", async () => {
    await using server = await openServer(1);
    await using users = usersAt(server.address);
    const first = Array.from({ length: 8 }, () => users.getUser({}));
    await server.arrived(8);
    await expect(users.getUser({}, { timeoutMs: 30 })).rejects.toMatchObject({ code: Code.DeadlineExceeded });
    for (const call of server.calls) answerAda(call);
    await Promise.all(first);
    expect(server.calls).toHaveLength(8);
  });

  it("makes a call that is refused once more, and not oftener", async () => {
    let count = 0;
    await using server = await openRawHttp2Server((call) => {
      if (++count === 1) call.close(constants.NGHTTP2_REFUSED_STREAM);
      else answerAda(call);
    });
    await using users = usersAt(server.address);
    expect(await users.getUser({})).toMatchObject({ name: "Ada" });
    await using refusing = await openServer(100);
    await using others = usersAt(refusing.address);
    const failure = others.failure();
    for (const turn of [1, 2]) {
      await refusing.arrived(turn);
      refusing.calls[turn - 1]?.close(constants.NGHTTP2_REFUSED_STREAM);
    }
    expect(isNotProcessed(await failure)).toBe(true);
    expect(refusing.calls).toHaveLength(2);
  });

  it("leaves calls to a connection that is about to end, and makes the next ones on another", async () => {
    await using server = await openServer(100);
    await using users = usersAt(server.address);
    const first = users.getUser({});
    await server.arrived(1);
    server.calls[0]?.session?.close();
    const answered = (async () => {
      await server.arrived(2);
      server.answer(1);
    })();
    // The news of the end may come after the call: then it is made again.
    expect(await users.getUser({})).toMatchObject({ name: "Ada" });
    await answered;
    server.answer(0);
    expect(await first).toMatchObject({ name: "Ada" });
    expect(server.connections()).toBe(2);
  });

  it("does not dial again at once what could not be opened", async () => {
    const dialled: Socket[] = [];
    const server = createServer((socket: Socket) => {
      dialled.push(socket);
      socket.on("error", () => undefined).destroy();
    });
    const { address } = await listen(server, { host: "127.0.0.1", port: 0, variable: "PORT" });
    await using _closing = server;
    await using users = usersAt(address);
    const failures = [await users.failure(), await users.failure(), await users.failure()];
    expect(failures.map(isNotProcessed)).toEqual([true, true, true]);
    expect(dialled).toHaveLength(1);
    while (dialled.length === 1) {
      await sleep(5);
      await users.failure();
    }
    expect(dialled).toHaveLength(2);
  });

  it("closes connections without calls, and opens one for the next", async () => {
    await using server = await openRawHttp2Server((call) => answerAda(call));
    await using users = usersAt(server.address, { idleTimeoutMs: 20 });
    await users.getUser({});
    while (server.connections() === 1) {
      await sleep(50);
      await users.getUser({});
    }
    expect(server.connections()).toBe(2);
  });

  it("ends waiting calls when it is closed: they were not processed", async () => {
    await using server = await openServer(1);
    await using users = usersAt(server.address);
    const failures = Array.from({ length: 9 }, () => users.failure());
    await server.arrived(8);
    await users.transport[Symbol.asyncDispose]();
    const errors = await Promise.all(failures);
    expect(errors.map(({ code }) => code)).toEqual(Array.from({ length: 9 }, () => Code.Unavailable));
    expect(errors.map(isNotProcessed).filter(Boolean)).toHaveLength(1);
  });
});
