import { startEtcd } from "@banyan/dev";
import { openRegistry } from "@banyan/registry";
import { UserService } from "@banyan/stubs-user";
import { createClient, createRouterTransport, type Transport } from "@connectrpc/connect";
import { describe, expect, it, vi } from "vitest";
import { publishReports } from "./report/publish-reports.ts";
import { fleetCounts } from "./report/traffic-report.ts";
import { parseTrafficRule, type TrafficRuleInit } from "./rule/traffic-rule.ts";
import { watchTraffic } from "./rule/watch-traffic.ts";
import { splitTransport } from "./split/split-transport.ts";
import { createTrafficStore } from "./store/etcd-traffic-store.ts";
import { noRule } from "./store/traffic-store.ts";
import { recordLog } from "./testing/recorded-log.ts";

const eventually = (assertion: () => unknown) => vi.waitFor(assertion, { timeout: 8000, interval: 10 });
const silent = { info: () => undefined, warn: () => undefined, debug: () => undefined };

const side = (name: string): Transport =>
  createRouterTransport(({ service }) =>
    service(UserService, { getUser: () => ({ name }), createUser: () => ({ userId: name }) }),
  );

/** What one process has: a registry, the rule, the split and its reports. */
async function startProcess(endpoint: string, instance: string) {
  const stack = new AsyncDisposableStack();
  const config = { ETCD_ENDPOINTS: [endpoint], BANYAN_ENV: "development", INSTANCE_ID: instance } as const;
  const registry = stack.use(openRegistry(config, { log: silent }));
  const { log, lines } = recordLog();
  const rule = stack.use(watchTraffic(registry, "user", { log }));
  const split = stack.use(splitTransport(side("legacy"), side("candidate"), rule, { name: "user", log }));
  const store = stack.use(createTrafficStore(registry.etcd));
  stack.use(publishReports(split, { store, instance, log }));
  await rule.ready;
  return {
    users: createClient(UserService, split),
    rule,
    store,
    lines,
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

describe("splits of several processes on a real etcd", () => {
  it("follow one rule, and tell what came of it", async () => {
    await using etcd = await startEtcd();
    await using one = await startProcess(etcd.endpoint, "one");
    await using other = await startProcess(etcd.endpoint, "other");
    const { store } = one;
    const write = async (init: TrafficRuleInit): Promise<bigint> => {
      const expected = (await store.read("user"))?.revision ?? noRule;
      const revision = await store.write("user", parseTrafficRule(init), expected);
      if (revision === "conflict") throw new Error("nobody else writes here");
      await eventually(() =>
        expect([one, other].map(({ rule }) => rule.current.revision)).toEqual([revision, revision]),
      );
      return revision;
    };
    expect((await one.users.getUser({ userId: "1" })).name).toBe("legacy");

    const revision = await write({ mode: "split", percent: 100 });
    for (const { users } of [one, other]) expect((await users.getUser({ userId: "1" })).name).toBe("candidate");
    await eventually(async () => {
      const reports = await store.listReports("user");
      expect(reports.map(({ instance, rule }) => [instance, rule.revision])).toEqual([
        ["one", String(revision)],
        ["other", String(revision)],
      ]);
      expect(fleetCounts(reports).candidate).toMatchObject({ calls: 2, failures: 0 });
    });

    await write({ mode: "split", percent: 100, writes: { pause: { seconds: 30 } } });
    const created = one.users.createUser({});
    await eventually(async () =>
      expect((await store.listReports("user")).map(({ writes }) => [writes.paused, writes.inFlight])).toEqual([
        [true, 0],
        [true, 0],
      ]),
    );
    await write({ mode: "split", percent: 100, writes: { owner: "candidate", epoch: 1 } });
    expect((await created).userId).toBe("candidate");
    expect((await other.users.createUser({})).userId).toBe("candidate");
  });

  it("go on while etcd is away, and take the report away when they end", async () => {
    await using etcd = await startEtcd();
    await using reader = await startProcess(etcd.endpoint, "reader");
    const leaving = await startProcess(etcd.endpoint, "leaving");
    await reader.store.write("user", parseTrafficRule({ mode: "all" }), noRule);
    await eventually(() => expect(reader.rule.current.rule.mode).toBe("all"));
    await eventually(async () => expect(await reader.store.listReports("user")).toHaveLength(2));
    await leaving[Symbol.asyncDispose]();
    expect((await reader.store.listReports("user")).map(({ instance }) => instance)).toEqual(["reader"]);

    await etcd.stop();
    expect((await reader.users.getUser({ userId: "1" })).name).toBe("candidate");
    await eventually(() => expect(reader.lines.filter(({ level }) => level === "warn")).toHaveLength(1));
    await etcd.restart();
    await eventually(async () => expect(await reader.store.listReports("user")).toHaveLength(1));
  });
});
