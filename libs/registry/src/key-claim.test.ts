import { describe, expect, it } from "vitest";
import { EtcdUnreachableError, LeaseGoneError, type Etcd } from "./etcd/etcd.ts";
import { claimKey } from "./key-claim.ts";
import { MemoryEtcd } from "./testing/memory-etcd.ts";
import { recordLog } from "./testing/recorded-log.ts";

const key = "/services/user/a";
const value = "h:1";

async function open() {
  const memory = new MemoryEtcd();
  const etcd = memory.connect(recordLog());
  const lease = await etcd.grantLease(60);
  const earlier = await etcd.grantLease(60);
  const wanted = { key, value, lease, isOurs: (id: string) => id === lease || id === earlier };
  return { memory, etcd, lease, earlier, wanted };
}

describe("claimKey", () => {
  it("writes a key that is absent", async () => {
    const { memory, etcd, lease, wanted } = await open();
    expect(await claimKey(etcd, wanted)).toEqual({ tag: "held", revision: 2n });
    expect(memory.get(key)).toBe(value);
    expect(memory.leaseOf(key)).toBe(lease);
  });

  it("moves a key from an earlier lease of ours to this one", async () => {
    const { memory, etcd, lease, earlier, wanted } = await open();
    memory.put(key, value, earlier);
    expect(await claimKey(etcd, wanted)).toMatchObject({ tag: "held" });
    memory.revoke(earlier);
    expect(memory.leaseOf(key)).toBe(lease);
  });

  it("writes nothing when the key is as wanted already", async () => {
    const { memory, etcd, lease, wanted } = await open();
    memory.put(key, value, lease);
    const { revision } = await etcd.list({ prefix: "/" });
    expect(await claimKey(etcd, wanted)).toEqual({ tag: "held", revision });
    expect((await etcd.list({ prefix: "/" })).revision).toBe(revision);
  });

  it("leaves a stranger's key alone", async () => {
    const { memory, etcd, wanted } = await open();
    const strangers = await etcd.grantLease(60);
    memory.put(key, "h:2", strangers);
    expect(await claimKey(etcd, wanted)).toMatchObject({ tag: "stranger", holder: { lease: strangers } });
    expect(memory.get(key)).toBe("h:2");
  });

  it("takes a key without a lease for a stranger's", async () => {
    const { memory, etcd, wanted } = await open();
    memory.put(key, value);
    expect(await claimKey(etcd, wanted)).toMatchObject({ tag: "stranger" });
  });

  it("fails when the lease has ended", async () => {
    const { memory, etcd, lease, wanted } = await open();
    memory.revoke(lease);
    await expect(claimKey(etcd, wanted)).rejects.toThrow(LeaseGoneError);
  });

  it("holds the key after a write whose answer was lost", async () => {
    const { memory, etcd, wanted } = await open();
    const forgetful: Etcd = {
      ...etcd,
      async put(write) {
        await etcd.put(write);
        throw new EtcdUnreachableError("answer lost");
      },
    };
    await expect(claimKey(forgetful, wanted)).rejects.toThrow(EtcdUnreachableError);
    expect(await claimKey(etcd, wanted)).toMatchObject({ tag: "held" });
    expect(memory.get(key)).toBe(value);
  });

  it("gives up when the key changes under each attempt", async () => {
    const { memory, etcd, earlier, wanted } = await open();
    memory.put(key, "h:0", earlier);
    const busy: Etcd = {
      ...etcd,
      put(write) {
        memory.put(key, "h:0", earlier);
        return etcd.put(write);
      },
    };
    await expect(claimKey(busy, wanted)).rejects.toThrow(`${key} changed under each of 5 attempts to write it`);
  });
});
