import { serve } from "@banyan/rpc";
import { MemoryEtcd, openMemoryRegistry } from "@banyan/registry/testing";
import { noRule, parseTrafficRule, type TrafficRuleInit } from "@banyan/strangler";
import { openMemoryTrafficStore } from "@banyan/strangler/testing";
import { UserService } from "@banyan/stubs-user";
import { createLogger, createMetrics } from "@banyan/telemetry";
import { createClient, type ConnectRouter } from "@connectrpc/connect";
import { expect, it, vi } from "vitest";
import { inMemoryTransport } from "./in-memory.ts";
import { openStrangling } from "./strangling.ts";

const log = createLogger("monolith", { LOG_LEVEL: "silent", LOG_FORMAT: "json" });
const eventually = (assertion: () => unknown) => vi.waitFor(assertion, { timeout: 5000, interval: 10 });

/** Users whose names tell who was asked. */
const usersOf = (side: string) => (router: ConnectRouter) =>
  void router.service(UserService, {
    getUser: ({ userId }) => ({ userId, name: side }),
    createUser: () => ({ userId: side, success: true }),
  });

it("a module answers until a rule says that its service does, and what came of it is reported", async () => {
  const etcd = new MemoryEtcd();
  await using registry = openMemoryRegistry({ etcd, config: { INSTANCE_ID: "monolith-1" } });
  await using store = openMemoryTrafficStore(etcd);
  await using service = await serve({
    name: "user",
    HOST: "127.0.0.1",
    PORT: 0,
    log,
    routes: usersOf("service"),
    healthy: async () => undefined,
  });
  await using neighbour = openMemoryRegistry({ etcd });
  await using _listing = neighbour.announce("user", service);

  const metrics = createMetrics({ service: "monolith" });
  const options = { log, metrics, zone: undefined, engine: undefined, tls: undefined, stateFolder: undefined };
  await using strangling = openStrangling(registry, options);
  const users = createClient(
    UserService,
    strangling.around("user", inMemoryTransport(usersOf("module"), { name: "user", log })),
  );
  const write = async (init: TrafficRuleInit): Promise<void> => {
    const revision = (await store.read("user"))?.revision ?? noRule;
    expect(await store.write("user", parseTrafficRule(init), revision)).not.toBe("conflict");
  };
  const answeredBy = async () => [(await users.getUser({ userId: "1" })).name, (await users.createUser({})).userId];

  expect(await answeredBy()).toEqual(["module", "module"]);
  await write({ mode: "split", percent: 100 });
  await eventually(async () => expect(await answeredBy()).toEqual(["service", "module"]));
  await eventually(async () => {
    const [report] = await store.listReports("user");
    expect(report).toMatchObject({ instance: "monolith-1", rule: { mode: "split", percent: 100 } });
    expect(report?.methods["GetUser"]?.candidate.calls).toBeGreaterThan(0);
  });
  await write({ mode: "all", writes: { owner: "candidate", epoch: 1 } });
  await eventually(async () => expect(await answeredBy()).toEqual(["service", "service"]));
  await write({ mode: "off", writes: { owner: "legacy", epoch: 2 } });
  await eventually(async () => expect(await answeredBy()).toEqual(["module", "module"]));
});
