import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Etcd, WatchAnswer } from "./etcd/etcd.ts";
import { MemoryEtcd } from "./testing/memory-etcd.ts";
import { recordLog } from "./testing/recorded-log.ts";
import { Watcher, type WatchPlan } from "./watcher.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Begins to watch an etcd in memory, of which parts may be replaced, and notes when it was listed. */
function begin(memory: MemoryEtcd, parts: Partial<Etcd> = {}, plan: Partial<WatchPlan> = {}) {
  const log = recordLog();
  const etcd: Etcd = { ...memory.connect(log), ...parts };
  const startedAt = performance.now();
  const listed: number[] = [];
  const counting: Etcd = {
    ...etcd,
    list(range) {
      listed.push(performance.now() - startedAt);
      return etcd.list(range);
    },
  };
  const watcher = new Watcher(counting, { service: "user", onClosed: () => undefined, ...plan }, log);
  return { watcher, listed, log };
}

const settle = () => vi.advanceTimersByTimeAsync(0);

describe("Watcher", () => {
  it("lists, watches, and lists again about once a minute", async () => {
    const memory = new MemoryEtcd();
    const { watcher, listed } = begin(memory);
    expect(watcher.state).toEqual({ tag: "listing" });
    await settle();
    expect(watcher.state).toEqual({ tag: "watching" });
    await vi.advanceTimersByTimeAsync(600_000);
    const pauses = listed.slice(1).map((at, index) => at - (listed[index] ?? 0));
    expect(pauses.length).toBeGreaterThanOrEqual(8);
    expect(pauses.every((ms) => ms >= 50_000 && ms <= 70_000)).toBe(true);
    await watcher[Symbol.asyncDispose]();
  });

  it("watches from the revision after the list, so that nothing is missed and nobody comes back who has gone", async () => {
    const memory = new MemoryEtcd();
    memory.put("/services/user/a", "h:1");
    memory.delete("/services/user/a");
    const etcd = memory.connect(recordLog());
    const { revision } = await etcd.list({ prefix: "/services/user/" });
    const begun: bigint[] = [];
    const watch: Etcd["watch"] = (range, from, signal) => {
      begun.push(from);
      return etcd.watch(range, from, signal);
    };
    const { watcher } = begin(memory, { watch });
    await settle();
    expect(begun).toEqual([revision + 1n]);
    await watcher[Symbol.asyncDispose]();
  });

  it("finds by listing what its watch was never told", async () => {
    const memory = new MemoryEtcd();
    const etcd = memory.connect(recordLog());
    // The first answer comes, and then a member that is cut off from the others goes silent.
    const watch: Etcd["watch"] = (range, _from, signal) => etcd.watch(range, 1_000_000n, signal);
    const { watcher } = begin(memory, { watch });
    await settle();
    memory.put("/services/user/a", "h:1");
    await vi.advanceTimersByTimeAsync(70_000);
    expect(watcher.instances).toEqual([{ id: "a", address: "h:1" }]);
    await watcher[Symbol.asyncDispose]();
  });

  it.each([
    ["cluster", { clusterId: "another", revision: 2n }],
    ["history, in which revisions are lower", { clusterId: "1", revision: 1n }],
  ])("lists again when the watch answers from another %s", async (_what, position) => {
    const memory = new MemoryEtcd();
    memory.put("/services/user/a", "h:1");
    const etcd = memory.connect(recordLog());
    let watches = 0;
    async function* watch(...args: Parameters<Etcd["watch"]>): AsyncGenerator<WatchAnswer> {
      if (++watches === 1) yield { ...position, changes: [{ tag: "delete", key: "/services/user/a" }] };
      yield* etcd.watch(...args);
    }
    const { watcher, listed } = begin(memory, { watch });
    await vi.advanceTimersByTimeAsync(1000);
    expect(listed).toHaveLength(2);
    expect(watcher.instances).toEqual([{ id: "a", address: "h:1" }]);
    expect(watcher.state).toEqual({ tag: "watching" });
    await watcher[Symbol.asyncDispose]();
  });

  it("is right again after etcd lost all data", async () => {
    const memory = new MemoryEtcd();
    for (let i = 0; i < 100; i++) memory.put("/services/user/a", `h:${i + 1}`);
    const { watcher } = begin(memory);
    await settle();
    memory.wipe();
    memory.put("/services/user/b", "h:2");
    await vi.advanceTimersByTimeAsync(1000);
    expect(watcher.instances).toEqual([{ id: "b", address: "h:2" }]);
    await watcher[Symbol.asyncDispose]();
  });

  it("pauses between lists when its watches break at once, and warns once", async () => {
    const memory = new MemoryEtcd();
    memory.put("/services/user/a", "h:1");
    const next = (): Promise<never> => Promise.reject(new Error("etcd ended the watch: permission denied"));
    const watch: Etcd["watch"] = () => ({ [Symbol.asyncIterator]: () => ({ next }) });
    const { watcher, listed, log } = begin(memory, { watch });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(listed.length).toBeGreaterThan(30);
    expect(listed.length).toBeLessThan(300);
    expect(watcher.instances).toHaveLength(1);
    expect(log.loud.filter(({ level }) => level === "warn")).toHaveLength(1);
    await watcher[Symbol.asyncDispose]();
  });

  it("keeps what it knew through a long outage, and says so in two lines", async () => {
    const memory = new MemoryEtcd();
    memory.put("/services/user/a", "h:1");
    const { watcher, log } = begin(memory);
    await settle();
    const known = watcher.instances;
    memory.stop();
    await vi.advanceTimersByTimeAsync(600_000);
    expect(watcher.instances).toBe(known);
    memory.start();
    await vi.advanceTimersByTimeAsync(2000);
    expect(watcher.state).toEqual({ tag: "watching" });
    expect(watcher.instances).toBe(known);
    expect(log.loud.map(({ message }) => message)).toEqual([
      "instances changed",
      "etcd does not answer; trying until it does",
      "etcd answers again",
    ]);
    await watcher[Symbol.asyncDispose]();
  });

  it("is as old as etcd's last word on it", async () => {
    const memory = new MemoryEtcd();
    const { watcher } = begin(memory);
    expect(watcher.ageMs).toBeUndefined();
    await settle();
    expect(watcher.ageMs).toBe(0);
    memory.stop();
    await vi.advanceTimersByTimeAsync(600_000);
    expect(watcher.ageMs).toBe(600_000);
    memory.start();
    await vi.advanceTimersByTimeAsync(2000);
    expect(watcher.ageMs).toBeLessThan(2000);
    await watcher[Symbol.asyncDispose]();
  });

  it("keeps those that answer when etcd has lost its data, until they are listed again or are deleted", async () => {
    const memory = new MemoryEtcd();
    for (const id of ["a", "b", "c", "d"]) memory.put(`/services/user/${id}`, "h:1");
    const answering = new Set(["a", "b", "c"]);
    const probe: WatchPlan["probe"] = async ({ id }, service) => service === "user" && answering.has(id);
    const { watcher, log } = begin(memory, {}, { probe });
    const ids = (): string[] => watcher.instances.map(({ id }) => id);
    await settle();
    const lengths: number[] = [];
    watcher.subscribe(({ length }) => lengths.push(length));

    memory.wipe();
    await vi.advanceTimersByTimeAsync(2000);
    expect(ids()).toEqual(["a", "b", "c"]);
    expect(log.loud.filter(({ message }) => message.startsWith("etcd lists less than half"))).toHaveLength(1);

    memory.put("/services/user/a", "h:1");
    memory.put("/services/user/b", "h:1");
    memory.delete("/services/user/b");
    await settle();
    expect(ids()).toEqual(["a", "c"]);
    answering.clear();
    await vi.advanceTimersByTimeAsync(2000);
    expect(ids()).toEqual(["a"]);
    expect(lengths).toEqual([3, 2, 1]);
    await watcher[Symbol.asyncDispose]();
  });

  it("believes etcd when it deletes all of them, and when there is no probe", async () => {
    for (const plan of [{ probe: async () => true }, {}]) {
      const memory = new MemoryEtcd();
      memory.put("/services/user/a", "h:1");
      const { watcher } = begin(memory, {}, plan);
      await settle();
      if ("probe" in plan) memory.delete("/services/user/a");
      else memory.wipe();
      await vi.advanceTimersByTimeAsync(2000);
      expect(watcher.instances).toEqual([]);
      await watcher[Symbol.asyncDispose]();
    }
  });

  it("begins with what the last process knew, and how old that is, while etcd is down", async () => {
    const stateFolder = await mkdtemp(join(tmpdir(), "banyan-watcher-"));
    const memory = new MemoryEtcd();
    memory.put("/services/user/a", "h:1");
    const first = begin(memory, {}, { stateFolder });
    await settle();
    const known = first.watcher.instances;
    await first.watcher[Symbol.asyncDispose]();

    memory.stop();
    await vi.advanceTimersByTimeAsync(60_000);
    const { watcher } = begin(memory, {}, { stateFolder });
    expect(watcher.instances).toEqual(known);
    expect(watcher.ageMs).toBe(60_000);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(watcher.instances).toEqual(known);
    expect(watcher.ageMs).toBe(120_000);

    memory.start();
    memory.put("/services/user/b", "h:2");
    await vi.advanceTimersByTimeAsync(2000);
    expect(watcher.instances).toHaveLength(2);
    await watcher[Symbol.asyncDispose]();
    await rm(stateFolder, { recursive: true });
  });

  it("leaves no timer behind, and takes no answer that comes after it was closed", async () => {
    const memory = new MemoryEtcd();
    memory.put("/services/user/a", "h:1");
    const { watcher } = begin(memory);
    await watcher[Symbol.asyncDispose]();
    await settle();
    expect(watcher.instances).toEqual([]);
    expect(watcher.state).toEqual({ tag: "closed" });
    expect(vi.getTimerCount()).toBe(0);
  });
});
