import { ErrorInfoSchema } from "@banyan/stubs-standard/error-details";
import {
  Code,
  ConnectError,
  createRouterTransport,
  type ConnectRouter,
  type HandlerContext,
} from "@connectrpc/connect";
import { describe, expect, it } from "vitest";
import { echo, text, texts } from "../testing/echo.ts";
import { openDoor } from "../testing/open-door.ts";

/** What the service behind the door was told of its last call. */
let seen: HandlerContext | undefined;

function answerTo(context: HandlerContext): void {
  seen = context;
  context.responseHeader.set("x-answer", "header");
  context.responseTrailer.set("x-answer-trailer", "trailer");
}

function behind(router: ConnectRouter): void {
  router.rpc(echo.unary, (request, context) => {
    answerTo(context);
    return text(`<${request.value}>`);
  });
  router.rpc(echo.serverStreaming, async function* (request, context) {
    answerTo(context);
    yield* texts(`${request.value}1`, `${request.value}2`);
  });
  router.rpc(echo.clientStreaming, async (requests, context) => {
    answerTo(context);
    return text((await Array.fromAsync(requests, ({ value }) => value)).join("+"));
  });
  router.rpc(echo.bidi, async function* (requests, context) {
    answerTo(context);
    for await (const { value } of requests) yield text(`<${value}>`);
  });
}

const open = (routes = behind) => openDoor(createRouterTransport(routes));

const valuesOf = (messages: AsyncIterable<{ readonly value: string }>) =>
  Array.fromAsync(messages, ({ value }) => value);

async function failureOf(call: Promise<unknown>): Promise<ConnectError> {
  const failed = await call.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (failed instanceof ConnectError) return failed;
  throw new Error("expected a ConnectError");
}

describe("forward", () => {
  const streaming = [
    ["server streaming", echo.serverStreaming, ["a"], ["a1", "a2"]],
    ["client streaming", echo.clientStreaming, ["a", "b", "c"], ["a+b+c"]],
    ["bidirectional", echo.bidi, ["a", "b"], ["<a>", "<b>"]],
  ] as const;

  it("answers a unary call with message, header and trailer of what is behind", async () => {
    await using door = await open();
    const header = { "x-question": "why", "x-bytes-bin": "AAE" };
    const { message, ...answer } = await door.transport.unary(echo.unary, undefined, undefined, header, text("a"));
    expect(message.value).toBe("<a>");
    expect(answer.header.get("x-answer")).toBe("header");
    expect(answer.trailer.get("x-answer-trailer")).toBe("trailer");
    expect(seen?.requestHeader.get("x-question")).toBe("why");
    expect(seen?.requestHeader.get("x-bytes-bin")).toBe("AAE");
  });

  it.each(streaming)(
    "answers a %s call with all messages, header and trailer",
    async (_, method, requests, answers) => {
      await using door = await open();
      const header = { "x-question": "why" };
      const answer = await door.transport.stream(method, undefined, undefined, header, texts(...requests));
      expect(await valuesOf(answer.message)).toEqual(answers);
      expect(answer.header.get("x-answer")).toBe("header");
      expect(answer.trailer.get("x-answer-trailer")).toBe("trailer");
      expect(seen?.requestHeader.get("x-question")).toBe("why");
    },
  );

  it.each(streaming)("answers a %s call from another process as well", async (_, method, requests, answers) => {
    await using service = await open();
    await using door = await openDoor(service.transport);
    const { message } = await door.transport.stream(method, undefined, undefined, undefined, texts(...requests));
    expect(await valuesOf(message)).toEqual(answers);
  });

  it("passes messages on as they come, and does not gather them", async () => {
    await using door = await open();
    const answered = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const requests = async function* () {
      yield text("first");
      await answered[0]?.promise;
      yield text("second");
      await answered[1]?.promise;
    };
    const { message } = await door.transport.stream(echo.bidi, undefined, undefined, undefined, requests());
    const values: string[] = [];
    for await (const { value } of message) answered[values.push(value) - 1]?.resolve();
    expect(values).toEqual(["<first>", "<second>"]);
  });

  it("keeps the headers of the hop to the door from what is behind it", async () => {
    await using door = await open();
    const header = { "x-request-id": "mine", traceparent: `00-${"a".repeat(32)}-${"b".repeat(16)}-01`, te: "trailers" };
    await door.transport.unary(echo.unary, undefined, 5000, header, text("a"));
    for (const name of ["x-request-id", "traceparent", "te", "grpc-timeout", "host"]) {
      expect(seen?.requestHeader.get(name), name).toBeNull();
    }
    expect(seen?.requestHeader.get("content-type")).toBe("application/proto");
  });

  describe.each(["unary", "a stream"])("an error of %s", (shape) => {
    const fail = (): never => {
      const details = [{ desc: ErrorInfoSchema, value: { reason: "NO_TEA", domain: "tea.banyan" } }];
      throw new ConnectError("no tea", Code.FailedPrecondition, { "x-why": "cold" }, details);
    };
    const failing = (router: ConnectRouter): void => {
      router.rpc(echo.unary, fail);
      router.rpc(echo.serverStreaming, async function* () {
        yield text("one");
        fail();
      });
    };
    const call = async (door: Awaited<ReturnType<typeof open>>): Promise<unknown> => {
      if (shape === "unary") return door.transport.unary(echo.unary, undefined, undefined, undefined, text("a"));
      const answer = await door.transport.stream(echo.serverStreaming, undefined, undefined, undefined, texts("a"));
      return valuesOf(answer.message);
    };

    it("keeps its code, message, details and metadata", async () => {
      await using door = await open(failing);
      const error = await failureOf(call(door));
      expect(error).toMatchObject({ code: Code.FailedPrecondition, rawMessage: "no tea" });
      expect(error.findDetails(ErrorInfoSchema)).toMatchObject([{ reason: "NO_TEA", domain: "tea.banyan" }]);
      expect(error.metadata.get("x-why")).toBe("cold");
      expect(error.metadata.get("content-type")).not.toBe("application/json");
    });
  });

  it("tells nothing of a transport that is broken, and logs it", async () => {
    const broken = () => Promise.reject(new TypeError("hunter2"));
    await using door = await openDoor({ unary: broken, stream: broken });
    const error = await failureOf(door.transport.unary(echo.unary, undefined, undefined, undefined, text("a")));
    expect(error).toMatchObject({ code: Code.Internal, rawMessage: "internal error" });
    expect(door.lines.join("")).toContain("hunter2");
  });

  it("answers UNIMPLEMENTED where nobody is behind the door", async () => {
    await using door = await open(() => undefined);
    const error = await failureOf(door.transport.unary(echo.unary, undefined, undefined, undefined, text("a")));
    expect(error.code).toBe(Code.Unimplemented);
  });

  it("tells what is left of the caller's deadline, and is answered with its end", async () => {
    const ended = Promise.withResolvers<void>();
    await using door = await open((router) => {
      router.rpc(echo.unary, async (_, { signal, timeoutMs }) => {
        expect(timeoutMs()).toBeGreaterThan(0);
        expect(timeoutMs()).toBeLessThanOrEqual(200);
        await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
        ended.resolve();
        return text("too late");
      });
    });
    const error = await failureOf(door.transport.unary(echo.unary, undefined, 200, undefined, text("a")));
    expect(error.code).toBe(Code.DeadlineExceeded);
    await ended.promise;
  });

  it.each(["unary", "a stream"])("tells what is behind when the caller of %s has gone", async (shape) => {
    const [begun, ended] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const last = async ({ signal }: HandlerContext): Promise<void> => {
      signal.addEventListener("abort", () => ended.resolve(), { once: true });
      begun.resolve();
      await ended.promise;
    };
    await using door = await open((router) => {
      router.rpc(echo.unary, async (_, context) => {
        await last(context);
        return text("nobody listens");
      });
      router.rpc(echo.serverStreaming, async function* (_, context) {
        yield text("one");
        await last(context);
      });
    });
    const leaving = new AbortController();
    const { transport } = door;
    const call =
      shape === "unary"
        ? transport.unary(echo.unary, leaving.signal, undefined, undefined, text("a"))
        : transport
            .stream(echo.serverStreaming, leaving.signal, undefined, undefined, texts("a"))
            .then(({ message }) => valuesOf(message));
    const failure = failureOf(call);
    await begun.promise;
    leaving.abort();
    await ended.promise;
    expect((await failure).code).toBe(Code.Canceled);
  });
});
