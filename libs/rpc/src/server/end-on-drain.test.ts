import { Health, HealthCheckResponse_ServingStatus as Status } from "@banyan/stubs-standard/health";
import { Code, ConnectError, createClient, createRouterTransport, type ServiceImpl } from "@connectrpc/connect";
import { describe, expect, it } from "vitest";
import { capturedLog } from "../testing/captured-log.ts";
import { endOnDrain } from "./end-on-drain.ts";

const serving = { status: Status.SERVING };

function draining(implementation: Partial<ServiceImpl<typeof Health>>) {
  const controller = new AbortController();
  const { log, records } = capturedLog();
  const transport = createRouterTransport(({ service }) => service(Health, implementation), {
    router: { interceptors: [endOnDrain(controller.signal, log)] },
  });
  const drain = (): void => controller.abort(new ConnectError("server is draining", Code.Unavailable));
  return { health: createClient(Health, transport), drain, records };
}

describe("endOnDrain", () => {
  it("ends a stream whose handler does not listen to its signal", async () => {
    const { health, drain } = draining({
      async *watch() {
        yield serving;
        await new Promise(() => undefined);
      },
    });
    const updates = health.watch({})[Symbol.asyncIterator]();
    await updates.next();
    const next = updates.next();
    drain();
    await expect(next).rejects.toMatchObject({ code: Code.Unavailable, rawMessage: "server is draining" });
  });

  it("aborts the handler's signal, and lets it clean up", async () => {
    const cleaned = Promise.withResolvers<unknown>();
    const { health, drain } = draining({
      async *watch(_, { signal }) {
        yield serving;
        await new Promise((resolve) => signal.addEventListener("abort", resolve));
        cleaned.resolve(signal.reason);
      },
    });
    const updates = health.watch({})[Symbol.asyncIterator]();
    await updates.next();
    const next = updates.next();
    drain();
    await expect(next).rejects.toMatchObject({ code: Code.Unavailable });
    expect(await cleaned.promise).toMatchObject({ rawMessage: "server is draining" });
  });

  it("refuses a stream that begins while the server drains", async () => {
    const { health, drain } = draining({
      async *watch() {
        yield serving;
      },
    });
    drain();
    await expect(Array.fromAsync(health.watch({}))).rejects.toMatchObject({ code: Code.Unavailable });
  });

  it("leaves unary calls and their signals alone", async () => {
    const started = Promise.withResolvers<void>();
    const finish = Promise.withResolvers<void>();
    const { health, drain } = draining({
      async check(_, { signal }) {
        started.resolve();
        await finish.promise;
        return { status: signal.aborted ? Status.NOT_SERVING : Status.SERVING };
      },
    });
    const answer = health.check({});
    await started.promise;
    drain();
    finish.resolve();
    expect(await answer).toMatchObject(serving);
  });

  it("leaves a stream that ends by itself alone", async () => {
    const { health } = draining({
      async *watch() {
        yield serving;
        yield serving;
      },
    });
    expect(await Array.fromAsync(health.watch({}))).toHaveLength(2);
  });

  it("logs a handler that fails while it cleans up", async () => {
    const { health, drain, records } = draining({
      async *watch(_, { signal }) {
        using _failing = {
          [Symbol.dispose]() {
            throw new Error("clean-up failed");
          },
        };
        yield serving;
        await new Promise((resolve) => signal.addEventListener("abort", resolve));
        yield serving;
      },
    });
    const updates = health.watch({})[Symbol.asyncIterator]();
    await updates.next();
    const next = updates.next();
    drain();
    await expect(next).rejects.toMatchObject({ code: Code.Unavailable });
    await expect.poll(records).toContainEqual(expect.objectContaining({ msg: "a stream did not end cleanly" }));
  });
});
