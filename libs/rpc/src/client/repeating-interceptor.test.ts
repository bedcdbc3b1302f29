import { Health } from "@banyan/stubs-standard/health";
import { UserService } from "@banyan/stubs-user";
import { Code, ConnectError, createClient, type Interceptor } from "@connectrpc/connect";
import { describe, expect, it } from "vitest";
import { engines } from "../engine.ts";
import { answerWith, enveloped, grpcHead, okTrailers } from "../testing/grpc-answer.ts";
import { openRawHttp2Server } from "../testing/raw-http2-server.ts";
import { http2Transport } from "./http2-transport.ts";

const one = enveloped(new Uint8Array(0));
const unavailable = answerWith({ ...grpcHead, "grpc-status": "14" });

describe.each(engines)("an interceptor that makes a call again, by %s", (engine) => {
  /** Until it is answered; notes whether the signal was aborted meanwhile. */
  function again(aborted: boolean[] = [], pauseMs = 0): Interceptor {
    return (next) => async (request) => {
      for (;;) {
        try {
          return await next(request);
        } catch (error) {
          aborted.push(request.signal.aborted);
          if (ConnectError.from(error).code !== Code.Unavailable) throw error;
          await new Promise((resolve) => setTimeout(resolve, pauseMs));
        }
      }
    };
  }

  it("gets the answer to the last one, unary or stream, by a signal that is not aborted", async () => {
    let calls = 0;
    await using server = await openRawHttp2Server((call) =>
      ++calls % 3 === 0 ? answerWith(grpcHead, [one], okTrailers)(call) : unavailable(call),
    );
    const aborted: boolean[] = [];
    await using transport = http2Transport(server.address, { engine, interceptors: [again(aborted)] });
    expect(await createClient(UserService, transport).getUser({})).toMatchObject({ userId: "" });
    expect(await Array.fromAsync(createClient(Health, transport).watch({}))).toHaveLength(1);
    expect(calls).toBe(6);
    expect(aborted).toEqual([false, false, false, false]);
  });

  it("has the time of one call for all of them", async () => {
    let calls = 0;
    await using server = await openRawHttp2Server((call) => {
      if (++calls % 2 === 1) unavailable(call);
    });
    const aborted: boolean[] = [];
    await using transport = http2Transport(server.address, { engine, interceptors: [again(aborted, 1)] });
    const expected = { code: Code.DeadlineExceeded };
    await expect(createClient(UserService, transport).getUser({}, { timeoutMs: 100 })).rejects.toMatchObject(expected);
    const messages = createClient(Health, transport).watch({}, { timeoutMs: 100 });
    await expect(Array.fromAsync(messages)).rejects.toMatchObject(expected);
    expect(aborted).toEqual([false, true, false, true]);
  });

  it("may make several at once, and the others are broken off when one is answered", async () => {
    const left = Promise.withResolvers<void>();
    let calls = 0;
    await using server = await openRawHttp2Server((call) => {
      if (++calls === 2) answerWith(grpcHead, [one], okTrailers)(call);
      else call.on("aborted", left.resolve);
    });
    const twice: Interceptor = (next) => (request) => Promise.race([next(request), next(request)]);
    await using transport = http2Transport(server.address, { engine, interceptors: [twice] });
    expect(await createClient(UserService, transport).getUser({})).toMatchObject({ userId: "" });
    await left.promise;
  });
});
