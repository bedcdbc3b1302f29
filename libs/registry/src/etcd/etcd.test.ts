import { describe, expect, it } from "vitest";
import { MemoryEtcd } from "../testing/memory-etcd.ts";
import { openEtcdWorld } from "../testing/etcd-world.ts";
import { recordLog } from "../testing/recorded-log.ts";
import { absent, EtcdUnreachableError, LeaseGoneError, noLease, type Etcd, type WatchAnswer } from "./etcd.ts";
import { openEtcd } from "./open-etcd.ts";

interface Store extends AsyncDisposable {
  connect(): Etcd;
  put(key: string, value: string): Promise<void>;
  delete(key: string): Promise<void>;
  compact(): Promise<void>;
  stop(): Promise<void>;
}

async function openMemory(): Promise<Store> {
  const etcd = new MemoryEtcd();
  return {
    connect: () => etcd.connect(recordLog()),
    put: async (key, value) => etcd.put(key, value),
    delete: async (key) => etcd.delete(key),
    compact: async () => etcd.compact(),
    stop: async () => etcd.stop(),
    [Symbol.asyncDispose]: async () => etcd.stop(),
  };
}

async function openReal(): Promise<Store> {
  const world = await openEtcdWorld();
  const opened: Etcd[] = [];
  return {
    ...world.gateway,
    connect() {
      const etcd = openEtcd({ endpoints: [world.etcd.endpoint] }, { log: recordLog() });
      opened.push(etcd);
      return etcd;
    },
    stop: () => world.stop(),
    async [Symbol.asyncDispose]() {
      for (const etcd of opened) etcd.close();
      await world[Symbol.asyncDispose]();
    },
  };
}

const forEver = new AbortController().signal;

/** Takes answers until one of them has changes. */
async function nextChanges(watch: AsyncIterable<WatchAnswer>): Promise<WatchAnswer["changes"]> {
  for await (const { changes } of watch) if (changes.length > 0) return changes;
  return [];
}

describe.concurrent.each([
  ["in memory", openMemory],
  ["through etcd3", openReal],
])("etcd %s", (_name, openStore) => {
  it("lists what is below a prefix, with the position in etcd's history", async () => {
    await using store = await openStore();
    const etcd = store.connect();
    const before = await etcd.list({ prefix: "/a/" });
    await store.put("/a/1", "one");
    await store.put("/ab", "other");
    const { entries, revision, clusterId } = await etcd.list({ prefix: "/a/" });
    expect(entries).toEqual([
      { key: "/a/1", value: Buffer.from("one"), lease: noLease, modRevision: before.revision + 1n },
    ]);
    expect(revision).toBe(before.revision + 2n);
    expect(clusterId).toBe(before.clusterId);
  });

  it("writes only while the key is as it was expected", async () => {
    await using store = await openStore();
    const etcd = store.connect();
    const lease = await etcd.grantLease(60);
    const write = { key: "/k", value: "1", lease };
    const first = await etcd.put({ ...write, ifModRevision: absent });
    expect(first.tag).toBe("written");
    expect(await etcd.put({ ...write, value: "2", ifModRevision: absent })).toEqual({
      tag: "refused",
      current: { key: "/k", value: Buffer.from("1"), lease, modRevision: first.revision },
      revision: first.revision,
    });
    const second = await etcd.put({ ...write, value: "2", ifModRevision: first.revision });
    expect(second).toEqual({ tag: "written", revision: first.revision + 1n });
    await store.delete("/k");
    expect(await etcd.put({ ...write, ifModRevision: second.revision })).toMatchObject({
      tag: "refused",
      current: undefined,
    });
  });

  it("deletes only while the key is as it was expected", async () => {
    await using store = await openStore();
    const etcd = store.connect();
    const lease = await etcd.grantLease(60);
    expect(await etcd.delete({ key: "/k", ifModRevision: absent })).toMatchObject({ tag: "written" });
    const { revision } = await etcd.put({ key: "/k", value: "1", lease, ifModRevision: absent });
    const current = { key: "/k", value: Buffer.from("1"), lease, modRevision: revision };
    for (const ifModRevision of [absent, revision - 1n]) {
      expect(await etcd.delete({ key: "/k", ifModRevision })).toEqual({ tag: "refused", current, revision });
    }
    expect(await etcd.delete({ key: "/k", ifModRevision: revision })).toMatchObject({ tag: "written" });
    expect((await etcd.list({ prefix: "/k" })).entries).toEqual([]);
  });

  it("tells how long a lease has left", async () => {
    await using store = await openStore();
    const etcd = store.connect();
    const lease = await etcd.grantLease(60);
    expect(await etcd.leaseSecondsLeft(lease)).toBeOneOf([59, 60]);
    await etcd.revokeLease(lease);
    expect(await etcd.leaseSecondsLeft(lease)).toBeUndefined();
  });

  it("tells of a lease that has ended", async () => {
    await using store = await openStore();
    const etcd = store.connect();
    const lease = await etcd.grantLease(60);
    expect(await etcd.keepAlive(lease, 1000)).toBe(true);
    await etcd.put({ key: "/k", value: "1", lease, ifModRevision: absent });
    await etcd.revokeLease(lease);
    await etcd.revokeLease(lease);
    expect((await etcd.list({ prefix: "/k" })).entries).toEqual([]);
    expect(await etcd.keepAlive(lease, 1000)).toBe(false);
    const late = etcd.put({ key: "/k", value: "1", lease, ifModRevision: absent });
    await expect(late).rejects.toThrow(LeaseGoneError);
  });

  it("watches from a revision on, changes that were before the watch included", async () => {
    await using store = await openStore();
    const etcd = store.connect();
    const { revision } = await etcd.list({ prefix: "/a/" });
    await store.put("/a/1", "one");
    expect(await nextChanges(etcd.watch({ prefix: "/a/" }, revision + 1n, forEver))).toMatchObject([
      { tag: "put", entry: { key: "/a/1", lease: noLease, modRevision: revision + 1n } },
    ]);
    const coming = nextChanges(etcd.watch({ key: "/a/1" }, revision + 2n, forEver));
    await store.put("/a/12", "other");
    await store.delete("/a/1");
    expect(await coming).toEqual([{ tag: "delete", key: "/a/1" }]);
  });

  it("ends a watch quietly when it is told to", async () => {
    await using store = await openStore();
    const etcd = store.connect();
    const closing = new AbortController();
    const answers: WatchAnswer[] = [];
    for await (const answer of etcd.watch({ prefix: "/a/" }, 1n, closing.signal)) {
      answers.push(answer);
      closing.abort();
    }
    expect(answers).toMatchObject([{ changes: [] }]);
  });

  it("fails a watch that asks for what has been compacted", async () => {
    await using store = await openStore();
    const etcd = store.connect();
    await store.put("/a/1", "one");
    await store.put("/a/1", "two");
    await store.compact();
    await expect(nextChanges(etcd.watch({ prefix: "/a/" }, 2n, forEver))).rejects.toThrow("compacted");
  });

  it("fails every call and every watch while nobody answers", async () => {
    await using store = await openStore();
    const etcd = store.connect();
    const lease = await etcd.grantLease(60);
    const watching = nextChanges(etcd.watch({ prefix: "/a/" }, 1n, forEver));
    await Promise.all([expect(watching).rejects.toThrow(EtcdUnreachableError), store.stop()]);
    await expect(etcd.list({ prefix: "/a/" })).rejects.toThrow(EtcdUnreachableError);
    await expect(etcd.grantLease(60)).rejects.toThrow(EtcdUnreachableError);
    await expect(etcd.keepAlive(lease, 1000)).rejects.toThrow(EtcdUnreachableError);
    await expect(etcd.revokeLease(lease)).rejects.toThrow(EtcdUnreachableError);
    const write = etcd.put({ key: "/k", value: "1", lease, ifModRevision: absent });
    await expect(write).rejects.toThrow(EtcdUnreachableError);
    await expect(nextChanges(etcd.watch({ prefix: "/a/" }, 1n, forEver))).rejects.toThrow(EtcdUnreachableError);
  });
});
