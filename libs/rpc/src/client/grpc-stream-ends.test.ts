import type { ServerHttp2Stream } from "node:http2";
import { once } from "node:events";
import { Health, HealthCheckResponseSchema } from "@banyan/stubs-standard/health";
import { ServerReflection, ServerReflectionRequestSchema } from "@banyan/stubs-standard/reflection-v1";
import { create, isMessage, toBinary } from "@bufbuild/protobuf";
import { Code, ConnectError, createClient, type Interceptor } from "@connectrpc/connect";
import { describe, expect, it } from "vitest";
import { engines } from "../engine.ts";
import { answerWith, enveloped, grpcHead, okTrailers } from "../testing/grpc-answer.ts";
import { openRawHttp2Server } from "../testing/raw-http2-server.ts";
import { http2Transport } from "./http2-transport.ts";

const one = enveloped(toBinary(HealthCheckResponseSchema, create(HealthCheckResponseSchema, { status: 1 })));
const two = enveloped(toBinary(HealthCheckResponseSchema, create(HealthCheckResponseSchema, { status: 2 })));
/** A message with a field of 64 KiB that nobody knows. */
const large = enveloped(Buffer.concat([Buffer.from([0x7a, 0x80, 0x80, 0x04]), Buffer.alloc(65_536)]));
const empty = enveloped(new Uint8Array(0));

describe.each(engines)("the end of a gRPC stream by %s", (engine) => {
  /** Questions without end, and what became of them. */
  function openQuestions() {
    const ended = Promise.withResolvers<unknown>();
    async function* questions() {
      try {
        for (;;) {
          yield {};
          await new Promise(setImmediate);
        }
      } catch (error) {
        ended.resolve(error);
      } finally {
        ended.resolve("returned");
      }
    }
    return { questions: questions(), ended: ended.promise };
  }

  it.each<[string, (call: ServerHttp2Stream) => void]>([
    ["fields that begin it", answerWith({ ...grpcHead, ...okTrailers })],
    ["trailers", answerWith(grpcHead, [], okTrailers)],
  ])("lets go of the messages that are being sent, when the server has said all with %s", async (_, onCall) => {
    await using server = await openRawHttp2Server(onCall);
    await using transport = http2Transport(server.address, { engine });
    const { questions, ended } = openQuestions();
    const answers = await Array.fromAsync(createClient(ServerReflection, transport).serverReflectionInfo(questions));
    expect(answers).toEqual([]);
    expect(await ended).toBe("returned");
  });

  it("tells whoever sends messages of the error that the server has answered", async () => {
    await using server = await openRawHttp2Server(answerWith(grpcHead, [], { "grpc-status": "5" }));
    await using transport = http2Transport(server.address, { engine });
    const { questions, ended } = openQuestions();
    const answers = createClient(ServerReflection, transport).serverReflectionInfo(questions);
    await expect(Array.fromAsync(answers)).rejects.toMatchObject({ code: Code.NotFound });
    expect(await ended).toMatchObject({ code: Code.NotFound });
  });

  it("is that of the caller, who gives up, whatever has come before", async () => {
    const arrived = Promise.withResolvers<ServerHttp2Stream>();
    await using server = await openRawHttp2Server((call) => {
      call.respond(grpcHead);
      call.write(Buffer.concat([one, one, one]), () => arrived.resolve(call));
    });
    await using transport = http2Transport(server.address, { engine });
    const controller = new AbortController();
    const messages = createClient(Health, transport).watch({}, { signal: controller.signal })[Symbol.asyncIterator]();
    expect((await messages.next()).done).toBe(false);
    const call = await arrived.promise;
    const closed = once(call, "close");
    controller.abort();
    await expect(messages.next()).rejects.toMatchObject({ code: Code.Canceled });
    await closed;
  });

  it("comes before anything is sent, when the caller has given up", async () => {
    let calls = 0;
    await using server = await openRawHttp2Server(() => calls++);
    await using transport = http2Transport(server.address, { engine });
    const answers = createClient(ServerReflection, transport).serverReflectionInfo(openQuestions().questions, {
      signal: AbortSignal.abort(),
    });
    await expect(Array.fromAsync(answers)).rejects.toMatchObject({ code: Code.Canceled });
    expect(calls).toBe(0);
  });

  it("follows messages in their order, for a reader who asks for several at a time", async () => {
    await using server = await openRawHttp2Server(answerWith(grpcHead, [one, two], okTrailers));
    await using transport = http2Transport(server.address, { engine });
    const request = (async function* () {
      yield {};
    })();
    const response = await transport.stream(Health.method.watch, undefined, undefined, undefined, request);
    const reader = response.message[Symbol.asyncIterator]();
    const results = await Promise.all([reader.next(), reader.next(), reader.next(), reader.next()]);
    expect(results.map(({ value }) => value?.status)).toEqual([1, 2, undefined, undefined]);
  });

  it("aborts the signal that interceptors see, who see whole messages both ways", async () => {
    await using server = await openRawHttp2Server(answerWith(grpcHead, [empty, empty], okTrailers));
    const seen: unknown[] = [];
    let signal: AbortSignal | undefined;
    const look: Interceptor = (next) => async (request) => {
      if (!request.stream) return next(request);
      const messages = request.message;
      const looked = async function* () {
        for await (const message of messages) {
          seen.push(isMessage(message, ServerReflectionRequestSchema));
          yield message;
        }
      };
      ({ signal } = request);
      seen.push(signal.aborted);
      return next({ ...request, message: looked() });
    };
    await using transport = http2Transport(server.address, { engine, interceptors: [look] });
    const questions = async function* () {
      yield { host: "a" };
    };
    const answers = createClient(ServerReflection, transport).serverReflectionInfo(questions());
    expect(await Array.fromAsync(answers)).toHaveLength(2);
    expect(seen).toEqual([false, true]);
    expect(signal?.aborted).toBe(true);
  });

  it("may be another one, when an interceptor makes it so", async () => {
    await using server = await openRawHttp2Server(answerWith(grpcHead, [one], { "grpc-status": "5" }));
    const calm: Interceptor = (next) => async (request) => {
      const response = await next(request);
      if (!response.stream) return response;
      const messages = response.message;
      const calmed = async function* () {
        try {
          yield* messages;
        } catch (error) {
          if (ConnectError.from(error).code !== Code.NotFound) throw error;
        }
      };
      return { ...response, message: calmed() };
    };
    await using transport = http2Transport(server.address, { engine, interceptors: [calm] });
    expect(await Array.fromAsync(createClient(Health, transport).watch({}), ({ status }) => status)).toEqual([1]);
  });

  it("is not reached by a server whose messages are not read, until they are", async () => {
    let sent = 0;
    const first = Promise.withResolvers<void>();
    await using server = await openRawHttp2Server((call) => {
      const counted = (): void => {
        sent++;
        first.resolve();
      };
      call.respond(grpcHead, { waitForTrailers: true });
      call.on("wantTrailers", () => call.sendTrailers(okTrailers));
      for (let count = 0; count < 100; count++) call.write(large, counted);
      call.end();
    });
    await using transport = http2Transport(server.address, { engine });
    const reader = createClient(Health, transport).watch({})[Symbol.asyncIterator]();
    expect((await reader.next()).done).toBe(false);
    await first.promise;
    for (let turns = 0; turns < 200; turns++) await new Promise(setImmediate);
    expect(sent).toBeLessThan(100);
    let read = 1;
    while (!(await reader.next()).done) read++;
    expect([read, sent]).toEqual([100, 100]);
  });
});
