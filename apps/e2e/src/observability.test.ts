import { randomUUID } from "node:crypto";
import { OrderService } from "@banyan/stubs-order";
import { describe, expect, it } from "vitest";
import { openClients, type Clients } from "./clients/clients.ts";
import { postJson } from "./clients/json-post.ts";
import { createSomeUser, stockItem } from "./contracts/samples.ts";
import { startCollector, type CollectedSpan } from "./otlp/collector.ts";
import { eventually } from "./platform/eventually.ts";
import { freePort } from "./platform/free-port.ts";
import { startPlatform, type Instance } from "./platform/platform.ts";
import type { ServiceName } from "./platform/service-process.ts";

interface Observed extends AsyncDisposable {
  readonly instances: Readonly<Record<ServiceName, Instance>>;
  readonly clients: Clients;
  readonly spans: readonly CollectedSpan[];
  /** What a service answers to a scrape. */
  metrics(service: ServiceName): Promise<string>;
}

/** The three services, whose traces go to a collector. */
async function openObserved(environment: Readonly<Record<string, string>> = {}): Promise<Observed> {
  await using opening = new AsyncDisposableStack();
  const collector = opening.use(await startCollector());
  const platform = opening.use(await startPlatform());
  const adminPorts = { user: await freePort(), order: await freePort(), inventory: await freePort() };
  const start = (service: ServiceName): Promise<Instance> =>
    platform.start(service, {
      environment: {
        OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint,
        ADMIN_PORT: String(adminPorts[service]),
        ...environment,
      },
    });
  const [user, order, inventory] = await Promise.all([start("user"), start("order"), start("inventory")]);
  const clients = opening.use(
    openClients({ user: user.listening, order: order.listening, inventory: inventory.listening }),
  );
  const opened = opening.move();
  return {
    instances: { user, order, inventory },
    clients,
    spans: collector.spans,
    metrics: async (service) => (await fetch(`http://localhost:${adminPorts[service]}/metrics`)).text(),
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

async function placeOrder({ instances, clients }: Observed, headers: Record<string, string> = {}): Promise<void> {
  const userId = await createSomeUser(clients.users);
  const lines = [{ sku: await stockItem(clients.inventory), quantity: 1 }];
  const request = { userId, idempotencyKey: randomUUID(), lines };
  const placed = await postJson(instances.order.listening, OrderService.method.placeOrder, request, headers);
  expect(placed.body).toMatchObject({ order: { state: "ORDER_STATE_CONFIRMED" } });
}

const services = ["user", "order", "inventory"] as const;

describe("placing an order", () => {
  it("has one correlation id and one trace id in the logs of all three services, and one trace with their spans", async () => {
    await using observed = await openObserved();
    const requestId = `e2e.${randomUUID()}`;
    await placeOrder(observed, { "x-request-id": requestId });

    const traceIds = new Set<unknown>();
    for (const service of services) {
      const lines = await eventually(async () => {
        const found = (await observed.instances[service].log()).filter((line) => line["requestId"] === requestId);
        expect(found).not.toEqual([]);
        return found;
      });
      for (const line of lines) {
        expect(line).toMatchObject({ service, instance: observed.instances[service].id });
        traceIds.add(line["traceId"]);
      }
    }
    expect(traceIds.size).toBe(1);
    const [traceId] = traceIds;

    const trace = await eventually(() => {
      const spans = observed.spans.filter((span) => span.traceId === traceId);
      expect(
        spans
          .filter(({ kind }) => kind === "server")
          .map(nameOf)
          .sort(),
      ).toEqual([
        "inventory inventory.v1.InventoryService/Commit",
        "inventory inventory.v1.InventoryService/Reserve",
        "order order.v1.OrderService/PlaceOrder",
        "user user.v1.UserService/GetUser",
      ]);
      return spans;
    });
    expect(trace.filter(({ parentSpanId }) => parentSpanId === "").map(nameOf)).toEqual([
      "order order.v1.OrderService/PlaceOrder",
    ]);
    const byId = new Map(trace.map((span) => [span.spanId, span]));
    const parentOf = (span: CollectedSpan | undefined) => byId.get(span?.parentSpanId ?? "");
    const getUser = trace.find(({ kind, name }) => kind === "server" && name.endsWith("/GetUser"));
    expect(parentOf(getUser)).toMatchObject({ service: "order", kind: "client", name: "user.v1.UserService/GetUser" });
    expect(parentOf(parentOf(getUser))).toMatchObject({ service: "order", kind: "server" });
    const findUser = trace.find(({ service, name }) => service === "user" && name === "find-user");
    expect(parentOf(findUser)).toBe(getUser);
    expect(findUser?.attributes).toMatchObject({ "db.system.name": "postgresql" });
    expect(getUser?.attributes).toMatchObject({ "rpc.system.name": "grpc", "rpc.status_code": "OK" });
  });

  it("goes on in the trace of the caller, and is not recorded where the caller does not", async () => {
    await using observed = await openObserved();
    const [recorded, unrecorded] = ["0af7651916cd43dd8448eb211c80319c", "1bf7651916cd43dd8448eb211c80319d"];
    await placeOrder(observed, { traceparent: `00-${unrecorded}-b7ad6b7169203331-00` });
    await placeOrder(observed, { traceparent: `00-${recorded}-b7ad6b7169203331-01` });
    await eventually(() => {
      const roots = observed.spans.filter(({ parentSpanId }) => parentSpanId === "b7ad6b7169203331");
      expect(roots.map(({ traceId, name }) => [traceId, name])).toEqual([
        [recorded, "order.v1.OrderService/PlaceOrder"],
      ]);
    });
    for (const service of services) {
      await eventually(async () => {
        const lines = await observed.instances[service].log();
        expect(lines.some((line) => line["traceId"] === unrecorded)).toBe(true);
      });
      await observed.instances[service].stop();
    }
    expect(observed.spans.filter(({ traceId }) => traceId === unrecorded)).toEqual([]);
  });

  it("has its last spans at the collector when the services have ended", async () => {
    await using observed = await openObserved();
    await placeOrder(observed, { traceparent: `00-${"c".repeat(32)}-b7ad6b7169203331-01` });
    await Promise.all(services.map((service) => observed.instances[service].stop()));
    const seen = observed.spans.filter(({ traceId }) => traceId === "c".repeat(32));
    expect(new Set(seen.map(({ service }) => service))).toEqual(new Set(services));
  });

  it("is counted by all three services", async () => {
    await using observed = await openObserved({ OTEL_SDK_DISABLED: "true" });
    await placeOrder(observed);
    const [user, order, inventory] = await Promise.all(services.map((service) => observed.metrics(service)));
    expect(user).toMatch(called("server", "user.v1.UserService/GetUser"));
    expect(order).toMatch(called("client", "user.v1.UserService/GetUser"));
    expect(order).toMatch(called("server", "order.v1.OrderService/PlaceOrder"));
    expect(order).toMatch(/^banyan_orders_total\{state="CONFIRMED"\} 1$/m);
    expect(order).toMatch(/^banyan_registry_list_instances\{name="inventory"\} 1$/m);
    expect(order).toMatch(/^banyan_client_instances\{callee="user",state="available"\} 1$/m);
    expect(order).toMatch(/^banyan_client_attempts_total\{callee="inventory",kind="first"\} 2$/m);
    expect(inventory).toMatch(/^db_client_connection_max\{db_client_connection_pool_name="inventory_service"\} 10$/m);
    expect(inventory).toMatch(/^banyan_registry_announcement_state\{name="inventory",state="live"\} 1$/m);
    expect(inventory).toMatch(/^nodejs_eventloop_lag_p99_seconds /m);
  });
});

function nameOf({ service, name }: CollectedSpan): string {
  return `${service} ${name}`;
}

function called(side: "server" | "client", method: string): RegExp {
  const labels = String.raw`\{rpc_system_name="\w+",rpc_method="${method}",rpc_status_code="OK"\}`;
  return new RegExp(`^rpc_${side}_call_duration_seconds_count${labels} 1$`, "m");
}
