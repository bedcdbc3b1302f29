import { DomainError } from "@banyan/errors";
import { errorReasonOf } from "@banyan/rpc";
import { createLogger, currentCall, runCall } from "@banyan/telemetry";
import { Code, ConnectError, type ConnectRouter } from "@connectrpc/connect";
import { describe, expect, it } from "vitest";
import { echo, text, texts } from "../testing/echo.ts";
import { openDoor } from "../testing/open-door.ts";
import { inMemoryTransport } from "./in-memory.ts";

const log = createLogger("test", { LOG_LEVEL: "silent", LOG_FORMAT: "json" });

/** Answers with the correlation id and the trace of the call that it is part of, at each message. */
function telling(router: ConnectRouter): void {
  const told = () => text(`${currentCall()?.requestId} ${currentCall()?.trace?.traceId}`);
  router.rpc(echo.unary, told);
  router.rpc(echo.serverStreaming, async function* () {
    yield told();
    await Promise.resolve();
    yield told();
  });
}

describe("inMemoryTransport behind a door", () => {
  const header = { "x-request-id": "mine", traceparent: `00-${"a".repeat(32)}-${"b".repeat(16)}-00` };

  it("keeps the correlation id and the trace of the call, at every message of a stream", async () => {
    await using door = await openDoor(inMemoryTransport(telling, { name: "echo", log }));
    const unary = await door.transport.unary(echo.unary, undefined, undefined, header, text(""));
    expect(unary.message.value).toBe(`mine ${"a".repeat(32)}`);
    const stream = await door.transport.stream(echo.serverStreaming, undefined, undefined, header, texts(""));
    const told = await Array.fromAsync(stream.message, ({ value }) => value);
    expect(told).toEqual(Array(2).fill(`mine ${"a".repeat(32)}`));
  });

  it("makes one call of it in the log and the metrics, however many transports it goes through", async () => {
    const first = inMemoryTransport(telling, { name: "echo", log });
    const second = inMemoryTransport(
      (router) =>
        router.rpc(echo.unary, async (request) => {
          await first.unary(echo.unary, undefined, undefined, undefined, request);
          return (await first.unary(echo.unary, undefined, undefined, undefined, request)).message;
        }),
      { name: "echo", log },
    );
    await using door = await openDoor(second);
    await door.transport.unary(echo.unary, undefined, undefined, header, text(""));
    expect(door.lines.filter((line) => line.includes('"msg":"call"'))).toHaveLength(1);
    const counted = (await door.metrics()).match(/^rpc_(server|client)_call_duration_seconds_count.*$/gm);
    expect(counted).toEqual([expect.stringMatching(/^rpc_server.*echo\.v1\.EchoService\/Unary.* 1$/)]);
  });
});

describe("inMemoryTransport", () => {
  it("answers a refusal of the domain as the service of that name would, and a defect as one", async () => {
    const routes = (router: ConnectRouter): void => {
      router.rpc(echo.unary, ({ value }) => {
        throw value === "refuse" ? new NoTeaError("no tea", { cups: "0" }) : new Error("hunter2");
      });
    };
    const transport = inMemoryTransport(routes, { name: "tea", log });
    const errorOf = (value: string): Promise<unknown> =>
      transport.unary(echo.unary, undefined, undefined, undefined, text(value)).catch((error: unknown) => error);
    const refused = await errorOf("refuse");
    expect(errorReasonOf(refused)).toEqual({ reason: "NO_TEA", domain: "tea.banyan", metadata: { cups: "0" } });
    expect(await errorOf("break")).toMatchObject({ code: Code.Internal, rawMessage: "internal error" });
  });

  it("gives up when the call is over that it is part of, and tells the handler", async () => {
    const ended = Promise.withResolvers<unknown>();
    const routes = (router: ConnectRouter): void => {
      router.rpc(echo.unary, async (_, { signal }) => {
        signal.addEventListener("abort", () => ended.resolve(signal.reason), { once: true });
        over.abort(new ConnectError("the caller has gone", Code.Canceled));
        await ended.promise;
        return text("nobody listens");
      });
    };
    const over = new AbortController();
    const transport = inMemoryTransport(routes, { name: "echo", log });
    const call = runCall({ requestId: "mine", signal: over.signal }, () =>
      transport.unary(echo.unary, undefined, undefined, undefined, text("")),
    );
    await expect(call).rejects.toMatchObject({ code: Code.Canceled });
    expect(await ended.promise).toMatchObject({ code: Code.Canceled });
  });
});

class NoTeaError extends DomainError {
  override readonly name = "NoTeaError";
  override readonly kind = "precondition";
  override readonly reason = "NO_TEA";
}
