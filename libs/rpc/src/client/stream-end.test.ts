import { Health, HealthCheckResponseSchema, type HealthCheckResponse } from "@banyan/stubs-standard/health";
import { create } from "@bufbuild/protobuf";
import { Code, ConnectError, type StreamResponse } from "@connectrpc/connect";
import { describe, expect, it, vi } from "vitest";
import { tellEnd } from "./stream-end.ts";

type Watch = typeof Health.method.watch;

function response(messages: AsyncIterable<HealthCheckResponse>): StreamResponse<Watch["input"], Watch["output"]> {
  const headers = { header: new Headers(), trailer: new Headers() };
  return { stream: true, service: Health, method: Health.method.watch, ...headers, message: messages };
}

async function* two(): AsyncGenerator<HealthCheckResponse> {
  yield create(HealthCheckResponseSchema);
  yield create(HealthCheckResponseSchema);
}

describe("tellEnd", () => {
  it("tells the end of the messages, once, and passes them on", async () => {
    const tell = vi.fn();
    const leaving = new AbortController();
    const { message } = await tellEnd(async () => response(two()), tell, leaving.signal);
    expect(await Array.fromAsync(message)).toHaveLength(2);
    leaving.abort();
    expect(tell.mock.calls).toEqual([[undefined]]);
  });

  it("tells what the opening, or the messages, failed with, and throws it", async () => {
    const broken = new ConnectError("broken", Code.Unavailable);
    const tell = vi.fn();
    await expect(tellEnd(() => Promise.reject(broken), tell, undefined)).rejects.toBe(broken);
    const { message } = await tellEnd(
      async () =>
        response(
          (async function* () {
            yield* two();
            throw broken;
          })(),
        ),
      tell,
      undefined,
    );
    await expect(Array.fromAsync(message)).rejects.toBe(broken);
    expect(tell.mock.calls).toEqual([[broken], [broken]]);
  });

  it("tells that the reader has left, by the signal or by no longer reading, and the source is ended", async () => {
    const tell = vi.fn();
    const leaving = new AbortController();
    await tellEnd(async () => response(two()), tell, leaving.signal);
    leaving.abort();
    const source = two();
    const { message } = await tellEnd(async () => response(source), tell, undefined);
    for await (const _ of message) break;
    expect(tell.mock.calls.map(([error]) => ConnectError.from(error).code)).toEqual([Code.Canceled, Code.Canceled]);
    expect(await source.next()).toEqual({ done: true, value: undefined });
  });
});
