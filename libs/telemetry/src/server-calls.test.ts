import { Code, ConnectError, createClient, createRouterTransport, type ConnectRouter } from "@connectrpc/connect";
import { Health, HealthCheckResponse_ServingStatus as Status } from "@banyan/stubs-standard/health";
import { UserService } from "@banyan/stubs-user";
import { describe, expect, it } from "vitest";
import { currentCall, runCall } from "./call-context.ts";
import { clientCalls } from "./client-calls.ts";
import { createLogger } from "./logger.ts";
import { createMetrics } from "./metrics/metrics.ts";
import { serverCalls } from "./server-calls.ts";

function observedHealth(routes: (router: ConnectRouter) => void) {
  const lines: string[] = [];
  const log = createLogger(
    "health",
    { LOG_LEVEL: "info", LOG_FORMAT: "json" },
    { write: (line) => void lines.push(line) },
  );
  const metrics = createMetrics({ service: "health" });
  const transport = createRouterTransport(routes, {
    router: { interceptors: [serverCalls({ log, metrics }).interceptor] },
    transport: { interceptors: [clientCalls()] },
  });
  return {
    metrics,
    health: createClient(Health, transport),
    records: (): unknown[] => lines.map((line) => JSON.parse(line)),
  };
}

const serving = { status: Status.SERVING };

describe("serverCalls", () => {
  it("writes one line a call", async () => {
    const { health, records } = observedHealth(({ rpc }) => rpc(Health.method.check, () => serving));
    await health.check({});
    expect(records()).toEqual([
      expect.objectContaining({
        level: "info",
        msg: "call",
        method: "grpc.health.v1.Health/Check",
        code: "ok",
        durationMs: expect.any(Number),
        requestId: expect.stringMatching(/^[0-9a-f]{32}$/),
        traceId: expect.stringMatching(/^[0-9a-f]{32}$/),
      }),
    ]);
  });

  it("counts the call by method and code, and those under way", async () => {
    const { health, metrics } = observedHealth(({ rpc }) =>
      rpc(Health.method.check, async () => {
        const active = /^rpc_server_active_calls\{.*rpc_method="grpc.health.v1.Health\/Check"\} 1$/m;
        expect(await metrics.text()).toMatch(active);
        throw new ConnectError("no", Code.Unavailable);
      }),
    );
    await expect(health.check({})).rejects.toThrow(ConnectError);
    const text = await metrics.text();
    expect(text).toMatch(/^rpc_server_active_calls\{.*\} 0$/m);
    expect(text).toMatch(
      /^rpc_server_call_duration_seconds_count\{.*rpc_status_code="UNAVAILABLE",error_type="UNAVAILABLE"\} 1$/m,
    );
  });

  it("writes what was asked at level debug, without what its contract calls secret or personal", async () => {
    const lines: string[] = [];
    const log = createLogger(
      "user",
      { LOG_LEVEL: "debug", LOG_FORMAT: "json" },
      { write: (line) => void lines.push(line) },
    );
    const transport = createRouterTransport(
      ({ rpc }) => rpc(UserService.method.createUser, () => ({ success: true })),
      {
        router: { interceptors: [serverCalls({ log }).interceptor] },
      },
    );
    const ada = { email: "ada@example.com", name: "Ada", password: "hunter2" };
    await createClient(UserService, transport).createUser(ada);
    const request = { email: "[redacted]", name: "[redacted]", password: "[redacted]" };
    expect(lines.map((line): unknown => JSON.parse(line))).toEqual([expect.objectContaining({ request })]);
  });

  it("takes the trace of the caller", async () => {
    const { health, records } = observedHealth(({ rpc }) => rpc(Health.method.check, () => serving));
    const traceId = "0af7651916cd43dd8448eb211c80319c";
    await health.check({}, { headers: { traceparent: `00-${traceId}-b7ad6b7169203331-00` } });
    expect(records()).toEqual([expect.objectContaining({ traceId, requestId: traceId })]);
  });

  it.each([
    [Code.NotFound, "not_found", "info"],
    [Code.Unavailable, "unavailable", "warn"],
    [Code.Internal, "internal", "error"],
  ])("writes code %i as %s, at level %s", async (code, name, level) => {
    const { health, records } = observedHealth(({ rpc }) =>
      rpc(Health.method.check, () => {
        throw new ConnectError("no", code);
      }),
    );
    await expect(health.check({})).rejects.toThrow(ConnectError);
    expect(records()).toEqual([expect.objectContaining({ code: name, level })]);
  });

  it("has the caller's deadline, and the signal that ends with the call, in the context", async () => {
    let seen = currentCall();
    const { health } = observedHealth(({ rpc }) =>
      rpc(Health.method.check, () => {
        seen = currentCall();
        return serving;
      }),
    );
    const before = performance.now();
    await health.check({}, { timeoutMs: 10_000, headers: { "grpc-previous-rpc-attempts": "1" } });
    expect(seen?.deadline).toBeGreaterThanOrEqual(before + 9000);
    expect(seen?.deadline).toBeLessThanOrEqual(performance.now() + 10_000);
    expect(seen?.previousAttempts).toBe(1);
    expect(seen?.signal?.aborted).toBe(true);
  });

  it("takes a well-formed correlation id, and returns it", async () => {
    const { health, records } = observedHealth(({ rpc }) => rpc(Health.method.check, () => serving));
    let returned: string | null = null;
    await health.check(
      {},
      { headers: { "x-request-id": "order-7" }, onHeader: (header) => (returned = header.get("x-request-id")) },
    );
    expect(returned).toBe("order-7");
    expect(records()).toEqual([expect.objectContaining({ requestId: "order-7" })]);
  });

  it.each(["", "a b", "x".repeat(129), '{"a":1}'])("replaces the malformed correlation id %j", async (sent) => {
    const { health, records } = observedHealth(({ rpc }) => rpc(Health.method.check, () => serving));
    await health.check({}, { headers: { "x-request-id": sent } });
    expect(records()).toEqual([expect.objectContaining({ requestId: expect.stringMatching(/^[0-9a-f]{32}$/) })]);
  });

  it("returns the correlation id with an error as well", async () => {
    const { health } = observedHealth(({ rpc }) =>
      rpc(Health.method.check, () => {
        throw new ConnectError("no", Code.NotFound);
      }),
    );
    const error: unknown = await health.check({}, { headers: { "x-request-id": "a" } }).catch((e: unknown) => e);
    expect(ConnectError.from(error).metadata.get("x-request-id")).toBe("a");
  });

  it("writes a stream's line when the stream has ended, and runs all of it in the call's context", async () => {
    const seen: (string | undefined)[] = [];
    const { health, records } = observedHealth(({ rpc }) =>
      rpc(Health.method.watch, async function* () {
        for (let count = 0; count < 3; count++) {
          await Promise.resolve();
          seen.push(currentCall()?.requestId);
          yield serving;
        }
      }),
    );
    for await (const _ of health.watch({}, { headers: { "x-request-id": "w" } })) expect(records()).toEqual([]);
    expect(seen).toEqual(["w", "w", "w"]);
    expect(records()).toEqual([expect.objectContaining({ code: "ok", requestId: "w" })]);
  });

  it("writes the code of an error thrown while a stream is read", async () => {
    const { health, records } = observedHealth(({ rpc }) =>
      rpc(Health.method.watch, async function* () {
        yield serving;
        await Promise.resolve();
        throw new ConnectError("drained", Code.Unavailable);
      }),
    );
    const read = async (): Promise<void> => {
      for await (const _ of health.watch({})) expect(records()).toEqual([]);
    };
    await expect(read()).rejects.toThrow("drained");
    expect(records()).toEqual([expect.objectContaining({ code: "unavailable" })]);
  });
});

describe("clientCalls", () => {
  it("sends the correlation id of the call being worked on", async () => {
    const { health, records } = observedHealth(({ rpc }) => rpc(Health.method.check, () => serving));
    await runCall({ requestId: "outer" }, () => health.check({}));
    expect(records()).toEqual([expect.objectContaining({ requestId: "outer" })]);
  });

  it("sends the trace of the call being worked on", async () => {
    const { health, records } = observedHealth(({ rpc }) => rpc(Health.method.check, () => serving));
    const trace = { traceId: "c".repeat(32), spanId: "d".repeat(16), traceFlags: 0 };
    await runCall({ requestId: "outer", trace }, () => health.check({}));
    expect(records()).toEqual([expect.objectContaining({ requestId: "outer", traceId: trace.traceId })]);
  });

  it("leaves headers that are there as they are", async () => {
    const { health, records } = observedHealth(({ rpc }) => rpc(Health.method.check, () => serving));
    const trace = { traceId: "c".repeat(32), spanId: "d".repeat(16), traceFlags: 0 };
    const headers = { "x-request-id": "own", traceparent: `00-${"e".repeat(32)}-${"f".repeat(16)}-00` };
    await runCall({ requestId: "outer", trace }, () => health.check({}, { headers }));
    expect(records()).toEqual([expect.objectContaining({ requestId: "own", traceId: "e".repeat(32) })]);
  });
});
