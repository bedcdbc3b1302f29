import { Health } from "@banyan/stubs-standard/health";
import { UserService } from "@banyan/stubs-user";
import { createMetrics } from "@banyan/telemetry";
import { Code, ConnectError, createClient, type ServiceImpl } from "@connectrpc/connect";
import { describe, expect, it } from "vitest";
import { capturedLog } from "../testing/captured-log.ts";
import { testDiscovery } from "../testing/test-discovery.ts";
import { openUserServer } from "../testing/user-server.ts";
import { balancedTransport } from "./balanced-transport.ts";
import { clientFamilies, type ObservedInstance } from "./call-observer.ts";

type GetUser = ServiceImpl<typeof UserService>["getUser"];

/** Instances that answer GetUser as they are told, and a transport that calls them in turn and is measured. */
async function openMeasured(...handlers: readonly GetUser[]) {
  const stack = new AsyncDisposableStack();
  const servers = await Promise.all(handlers.map((getUser) => openUserServer({ getUser })));
  for (const server of servers) stack.use(server);
  const metrics = createMetrics({ service: "test" });
  const captured = capturedLog();
  const transport = stack.use(
    balancedTransport(testDiscovery(...servers.map(({ address }) => address)), {
      name: "user",
      metrics,
      log: captured.log,
      balancing: { strategy: "round_robin", slowStartMs: 0 },
    }),
  );
  return {
    users: createClient(UserService, transport),
    health: createClient(Health, transport),
    captured,
    transport,
    text: () => metrics.text(),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

const ada: GetUser = ({ userId }) => ({ userId, name: "Ada" });
const busy: GetUser = () => {
  throw new ConnectError("busy", Code.Unavailable);
};

const method = 'rpc_system_name="grpc",rpc_method="user.v1.UserService/GetUser"';

describe("the metrics of a balanced transport", () => {
  it("measure a call once, with all of its attempts, and count these by why they were made", async () => {
    await using measured = await openMeasured(busy);
    await expect(measured.users.getUser({})).rejects.toThrow("busy");
    const text = await measured.text();
    const labels = `${method},rpc_status_code="UNAVAILABLE",error_type="UNAVAILABLE"`;
    expect(text).toContain(`rpc_client_call_duration_seconds_count{${labels}} 1`);
    expect(text).toContain('banyan_client_attempts_total{callee="user",kind="first"} 1');
    expect(text).toContain('banyan_client_attempts_total{callee="user",kind="retry"} 2');
    expect(text).toContain('banyan_client_give_ups_total{callee="user",why="attempts used up"} 1');
    expect(text).toContain(`rpc_client_active_calls{${method}} 0`);
  });

  it("are there at 0 before anything has happened, so that the first time is seen", async () => {
    await using measured = await openMeasured(ada);
    const text = await measured.text();
    expect(text).toContain('banyan_client_attempts_total{callee="user",kind="hedge"} 0');
    expect(text).toContain('banyan_client_give_ups_total{callee="user",why="budget used up"} 0');
    expect(text).toContain('banyan_client_sheds_total{callee="user",why="throttled"} 0');
    expect(text).toContain('banyan_client_ejections_total{callee="user"} 0');
  });

  it("count ejections, and tell how the instances stand", async () => {
    await using measured = await openMeasured(ada, busy);
    for (let count = 0; count < 10; count++) expect(await measured.users.getUser({})).toMatchObject({ name: "Ada" });
    const text = await measured.text();
    expect(text).toContain('banyan_client_ejections_total{callee="user"} 1');
    expect(text).toContain('banyan_client_instances{callee="user",state="available"} 1');
    expect(text).toContain('banyan_client_instances{callee="user",state="ejected"} 1');
    expect(text).toMatch(/^banyan_client_instance_latency_seconds\{callee="user",callee_instance="a"\} 0\.\d+$/m);
    expect(text).toMatch(/^banyan_client_retry_budget_tokens\{callee="user"\} 19\d(\.\d+)?$/m);
    const warning = expect.objectContaining({
      level: "warn",
      callee: "user",
      id: "b",
      msg: "instance ejected: its calls fail",
    });
    expect(measured.captured.records()).toContainEqual(warning);
  });

  it("measure a stream when it has ended, as cancelled when its reader leaves", async () => {
    await using measured = await openMeasured(ada);
    const leaving = new AbortController();
    for await (const _ of measured.health.watch({}, { signal: leaving.signal })) break;
    leaving.abort();
    const labels = 'rpc_system_name="grpc",rpc_method="grpc.health.v1.Health/Watch",rpc_status_code="CANCELLED"';
    expect(await measured.text()).toContain(
      `rpc_client_call_duration_seconds_count{${labels},error_type="CANCELLED"} 1`,
    );
  });

  it("tell nothing of the instances any more once it is closed", async () => {
    await using measured = await openMeasured(ada);
    await measured.transport[Symbol.asyncDispose]();
    expect(await measured.text()).not.toContain("banyan_client_instances{");
  });
});

describe("clientFamilies", () => {
  it("tells of 50 instances at most, and of the others as one", async () => {
    const instances = Array.from({ length: 5000 }, (_, index): ObservedInstance => {
      return { id: `user-${index}`, healthy: true, ejectedUntilMs: undefined, inFlight: 1, latencyMs: index };
    });
    const metrics = createMetrics({ service: "test" });
    metrics.observe(
      ...clientFamilies("user", { budgetTokens: () => 1, rejection: () => 0, instances: () => instances }),
    );
    const lines = (await metrics.text()).split("\n");
    expect(lines.filter((line) => line.startsWith("banyan_client_instance_in_flight"))).toHaveLength(51);
    expect(lines).toContain('banyan_client_instance_in_flight{callee="user",callee_instance="_OTHER"} 4950');
    expect(lines).toContain('banyan_client_instance_latency_seconds{callee="user",callee_instance="_OTHER"} 4.999');
    expect(lines).toContain('banyan_client_instances{callee="user",state="available"} 5000');
  });
});
