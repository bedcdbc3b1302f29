import { EtcdUnreachableError, openRegistry } from "@banyan/registry";
import { MemoryEtcd } from "@banyan/registry/testing";
import { startEtcd } from "@banyan/dev";
import { describe, expect, it, vi } from "vitest";
import { parseTrafficRule } from "../rule/traffic-rule.ts";
import { TrafficRuleError } from "../rule/traffic-rule-error.ts";
import { openMemoryTrafficStore } from "../testing/memory-traffic-store.ts";
import { sampleReport } from "../testing/sample-report.ts";
import { createTrafficStore } from "./etcd-traffic-store.ts";
import { noRule, type TrafficNews, type TrafficStore } from "./traffic-store.ts";

/** Stores of several processes, with an operator's hands on what they share. */
interface StoreWorld extends AsyncDisposable {
  open(): TrafficStore;
  put(key: string, value: string): Promise<void>;
  get(key: string): Promise<string | undefined>;
  revokeLeaseOf(key: string): Promise<void>;
  stop(): Promise<void>;
}

async function openMemoryWorld(): Promise<StoreWorld> {
  const etcd = new MemoryEtcd();
  return {
    open: () => openMemoryTrafficStore(etcd),
    put: async (key, value) => etcd.put(key, value),
    get: async (key) => etcd.get(key),
    revokeLeaseOf: async (key) => etcd.revoke(etcd.leaseOf(key) ?? ""),
    stop: async () => etcd.stop(),
    [Symbol.asyncDispose]: async () => etcd.stop(),
  };
}

async function openEtcdWorld(): Promise<StoreWorld> {
  const server = await startEtcd();
  const log = { info: () => undefined, warn: () => undefined, debug: () => undefined };
  const registry = openRegistry({ ETCD_ENDPOINTS: [server.endpoint], BANYAN_ENV: "development" }, { log });
  const { etcd } = registry;
  const entry = async (key: string) => (await etcd.list({ key })).entries[0];
  return {
    open: () => createTrafficStore(etcd),
    async put(key, value) {
      const ifModRevision = (await entry(key))?.modRevision ?? 0n;
      await etcd.put({ key, value, lease: "0", ifModRevision });
    },
    async get(key) {
      const value = (await entry(key))?.value;
      return value && Buffer.from(value).toString();
    },
    async revokeLeaseOf(key) {
      await etcd.revokeLease((await entry(key))?.lease ?? "");
    },
    stop: () => server.stop(),
    async [Symbol.asyncDispose]() {
      await registry[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}

const eventually = (assertion: () => unknown) => vi.waitFor(assertion, { timeout: 5000, interval: 20 });
const split = (percent: number) => parseTrafficRule({ mode: "split", percent, sticky: "user_id" });
const reportKey = "/traffic-reports/user/monolith-1";

describe.concurrent.each<[string, () => Promise<StoreWorld>]>([
  ["in memory", openMemoryWorld],
  ["on etcd", openEtcdWorld],
])("a traffic store %s", (_name, openWorld) => {
  it("lists the services that have a rule or a report, once each, and nothing else that is there", async () => {
    await using world = await openWorld();
    await using store = world.open();
    expect(await store.listServices()).toEqual([]);
    await store.write("user", parseTrafficRule({ mode: "off" }), noRule);
    await store.publishReport(sampleReport({ service: "user" }));
    await store.publishReport(sampleReport({ service: "order" }));
    await world.put("/traffic/Not A Name", "{}");
    await store.appendHistory("stock", { at: new Date().toISOString(), by: "a", what: "step", reason: "", facts: {} });
    expect(await store.listServices()).toEqual(["order", "user"]);
  });

  it("reads the rule that was written, with its revision", async () => {
    await using world = await openWorld();
    await using store = world.open();
    expect(await store.read("user")).toBeUndefined();
    const revision = await store.write("user", split(5), noRule);
    expect(await store.read("user")).toEqual({ rule: split(5), revision });
    expect(await store.read("user-admin")).toBeUndefined();
    expect(await world.get("/traffic/user")).toBe('{"mode":"split","percent":5,"sticky":"user_id"}');
  });

  it("lets one of two who have read the same rule write the next one", async () => {
    await using world = await openWorld();
    await using one = world.open();
    await using other = world.open();
    expect(await one.write("user", split(5), 1n)).toBe("conflict");
    const first = await one.write("user", split(5), noRule);
    expect(await other.write("user", split(25), noRule)).toBe("conflict");
    const expected = first === "conflict" ? noRule : first;
    const [left, right] = await Promise.all([
      one.write("user", split(25), expected),
      other.write("user", split(50), expected),
    ]);
    expect([left, right].filter((outcome) => outcome === "conflict")).toHaveLength(1);
    expect((await one.read("user"))?.rule.percent).toBe(left === "conflict" ? 50 : 25);
  });

  it("says what is wrong with a rule that others have written", async () => {
    await using world = await openWorld();
    await using store = world.open();
    await world.put("/traffic/user", '{"mode":"on"}');
    await expect(store.read("user")).rejects.toThrow(TrafficRuleError);
  });

  it("lists the reports of all, and takes those of a store away when it ends", async () => {
    await using world = await openWorld();
    await using reader = world.open();
    const [one, other] = [world.open(), world.open()];
    await one.publishReport(sampleReport({ instance: "b" }));
    await other.publishReport(sampleReport({ instance: "a" }));
    await other.publishReport(sampleReport({ instance: "a", service: "order" }));
    await world.put("/traffic-reports/user/foreign", "{}");
    expect((await reader.listReports("user")).map(({ instance }) => instance)).toEqual(["a", "b"]);
    await one[Symbol.asyncDispose]();
    await eventually(async () =>
      expect((await reader.listReports("user")).map(({ instance }) => instance)).toEqual(["a"]),
    );
    await other[Symbol.asyncDispose]();
    expect(await reader.listReports("order")).toEqual([]);
  });

  it("writes a report again when something in it has changed, and then only", async () => {
    await using world = await openWorld();
    await using store = world.open();
    await store.publishReport(sampleReport({ at: "2026-03-01T10:00:00.000Z" }));
    await store.publishReport(sampleReport({ at: "2026-03-01T10:00:01.000Z" }));
    expect((await store.listReports("user"))[0]?.at).toBe("2026-03-01T10:00:00.000Z");
    await store.publishReport(sampleReport({ at: "2026-03-01T10:00:02.000Z", guard: "open" }));
    expect((await store.listReports("user"))[0]).toMatchObject({ at: "2026-03-01T10:00:02.000Z", guard: "open" });
  });

  it("writes over the report of an earlier process, and goes on after its lease was lost", async () => {
    await using world = await openWorld();
    await world.put(reportKey, "of an earlier process");
    await using store = world.open();
    await store.publishReport(sampleReport());
    expect(await store.listReports("user")).toHaveLength(1);
    await world.revokeLeaseOf(reportKey);
    expect(await store.listReports("user")).toEqual([]);
    await store.publishReport(sampleReport({ guard: "open" }));
    expect(await store.listReports("user")).toHaveLength(1);
  });

  it("keeps the history in the order of time, and its last 200 entries", async () => {
    await using world = await openWorld();
    await using store = world.open();
    const at = (second: number) => new Date(Date.UTC(2026, 2, 1) + second * 1000).toISOString();
    const entry = { by: "ada@desk", what: "step", reason: "enough calls", facts: { percent: 5 } };
    await store.appendHistory("user", { ...entry, at: at(5000) });
    await world.put("/traffic-history/user/strange", "{]");
    for (let second = 0; second < 201; second++) await store.appendHistory("user", { ...entry, at: at(second) });
    const kept = await store.listHistory("user");
    expect(kept.at(-1)).toEqual({ ...entry, at: at(5000) });
    expect(kept[0]?.at).toBe(at(3));
    expect(kept.length).toBe(199);
  });

  it("refuses an entry that is out of its bounds", async () => {
    await using world = await openWorld();
    await using store = world.open();
    const entry = { at: new Date().toISOString(), by: "ada", what: "step", reason: "x".repeat(501), facts: {} };
    await expect(store.appendHistory("user", entry)).rejects.toThrow("reason");
    expect(await store.listHistory("user")).toEqual([]);
  });

  it("tells the rule and the reports as they are and as they become", async () => {
    await using world = await openWorld();
    await using store = world.open();
    const first = await store.write("user", split(5), noRule);
    const news: TrafficNews[] = [];
    const watching = new AbortController();
    store.watch("user", (each) => news.push(each), watching.signal);
    await eventually(() => expect(news).toHaveLength(2));
    expect(news).toContainEqual({ tag: "rule", stored: { rule: split(5), revision: first } });
    expect(news).toContainEqual({ tag: "reports", reports: [] });
    await store.publishReport(sampleReport());
    await eventually(() =>
      expect(news.at(-1)).toMatchObject({ tag: "reports", reports: [{ instance: "monolith-1" }] }),
    );
    await world.put("/traffic/user", "{]");
    await eventually(() => expect(news.at(-1)).toMatchObject({ tag: "malformed rule" }));
    watching.abort();
    const told = news.length;
    await world.put("/traffic/user", '{"mode":"off"}');
    expect((await store.read("user"))?.rule.mode).toBe("off");
    expect(news).toHaveLength(told);
  });

  it("refuses what is no name, and fails while nobody answers", async () => {
    await using world = await openWorld();
    await using store = world.open();
    await expect(store.read("a/b")).rejects.toThrow(TypeError);
    await world.stop();
    await expect(store.read("user")).rejects.toThrow(EtcdUnreachableError);
    await expect(store.publishReport(sampleReport())).rejects.toThrow(EtcdUnreachableError);
  });
});
