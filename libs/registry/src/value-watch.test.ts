import { describe, expect, it, vi } from "vitest";
import { noLease } from "./etcd/etcd.ts";
import type { RegistryWorld } from "./testing/contract.ts";
import { openEtcdWorld } from "./testing/etcd-world.ts";
import { openMemoryWorld } from "./testing/memory-world.ts";

const eventually = (assertion: () => unknown) => vi.waitFor(assertion, { timeout: 5000, interval: 20 });

describe.concurrent.each<[string, () => Promise<RegistryWorld>]>([
  ["in memory", openMemoryWorld],
  ["on etcd", openEtcdWorld],
])("a watched value %s", (_name, openWorld) => {
  it("tells what is there, and every change", async () => {
    await using world = await openWorld();
    await world.put("/config/user", "one");
    await world.put("/config/user-admin", "other");
    await using registry = world.open();
    const config = registry.watchConfig("user");
    const seen: (string | undefined)[] = [];
    config.subscribe((value) => seen.push(value));
    await eventually(() => expect(seen).toEqual(["one"]));
    expect(config.value).toBe("one");
    await world.put("/config/user", "two");
    await eventually(() => expect(seen).toEqual(["one", "two"]));
    await world.delete("/config/user");
    await eventually(() => expect(seen).toEqual(["one", "two", undefined]));
    const late: (string | undefined)[] = [];
    await world.put("/config/user", "three");
    await eventually(() => expect(config.value).toBe("three"));
    config.subscribe((value) => late.push(value));
    expect(late).toEqual(["three"]);
  });

  it("keeps the last one while the store is away, and is right again after", async () => {
    await using world = await openWorld();
    await world.put("/config/user", "one");
    await using registry = world.open();
    const config = registry.watchConfig("user");
    await eventually(() => expect(config.value).toBe("one"));
    await world.stop();
    expect(config.value).toBe("one");
    await world.start();
    await world.put("/config/user", "two");
    await eventually(() => expect(config.value).toBe("two"));
  });

  it("goes on with the last one when a value is no text, or too large, or a listener fails", async () => {
    await using world = await openWorld();
    await world.put("/config/user", "one");
    await using registry = world.open();
    const config = registry.watchConfig("user");
    const seen: (string | undefined)[] = [];
    config.subscribe(() => {
      throw new Error("listener");
    });
    config.subscribe((value) => seen.push(value));
    await eventually(() => expect(seen).toEqual(["one"]));
    await world.put("/config/user", Buffer.from([0xff]));
    await world.put("/config/user", "x".repeat(256 * 1024 + 1));
    await world.put("/config/user", "two");
    await eventually(() => expect(seen).toEqual(["one", "two"]));
  });

  it("tells the revision of a value, and of one that was written again as it was", async () => {
    await using world = await openWorld();
    await using registry = world.open();
    const rule = registry.watchTraffic("user");
    await rule.listed;
    expect([rule.value, rule.revision]).toEqual([undefined, undefined]);
    const seen: [string | undefined, bigint | undefined][] = [];
    rule.subscribe((value, revision) => seen.push([value, revision]));
    await world.put("/traffic/user", "one");
    await eventually(() => expect(seen).toHaveLength(1));
    await world.put("/traffic/user", "one");
    await eventually(() => expect(seen).toHaveLength(2));
    const [[, first] = [], [, second] = []] = seen;
    expect(second).toBe((first ?? 0n) + 1n);
    expect(rule.revision).toBe(second);
    const written = await registry.etcd.put({
      key: "/traffic/user",
      value: "two",
      lease: noLease,
      ifModRevision: second ?? 0n,
    });
    expect(written.tag).toBe("written");
    await eventually(() => expect(rule.value).toBe("two"));
  });

  it("says at its end that there is nothing more to wait for", async () => {
    await using world = await openWorld();
    await world.stop();
    await using registry = world.open();
    const rule = registry.watchTraffic("user");
    await rule[Symbol.asyncDispose]();
    await rule.listed;
    expect(rule.value).toBeUndefined();
  });

  it("ends with the registry, and refuses what is no name", async () => {
    await using world = await openWorld();
    const registry = world.open();
    const config = registry.watchConfig("user");
    expect(() => registry.watchConfig("a/b")).toThrow(TypeError);
    expect(() => registry.watchTraffic("a/b")).toThrow(TypeError);
    await registry[Symbol.asyncDispose]();
    await world.put("/config/user", "one");
    expect(config.value).toBeUndefined();
    expect(() => registry.watchConfig("user")).toThrow("the registry is closed");
  });
});
