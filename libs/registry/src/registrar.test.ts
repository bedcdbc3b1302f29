import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { InstanceTakenError, type Endpoint } from "./announcement.ts";
import type { Etcd } from "./etcd/etcd.ts";
import { Registrar } from "./registrar.ts";
import { MemoryEtcd } from "./testing/memory-etcd.ts";
import { recordLog } from "./testing/recorded-log.ts";

const key = "/services/user/a";
const value = "10.0.0.7:50051";
const ttlSeconds = 5;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

interface Setting {
  readonly memory?: MemoryEtcd;
  /** Parts of etcd that behave otherwise. */
  readonly parts?: Partial<Etcd>;
  readonly endpoint?: Endpoint;
  readonly spreadMs?: number;
}

function begin({ memory = new MemoryEtcd(), parts, endpoint = { address: value }, spreadMs = 0 }: Setting = {}) {
  const log = recordLog();
  const etcd: Etcd = { ...memory.connect(log), ...parts };
  const plan = { key, value, address: value, endpoint, ttlSeconds, spreadMs, onWithdrawn: () => undefined };
  const registrar = new Registrar(etcd, plan, log);
  const states = () => log.lines.flatMap(({ fields }) => ("state" in fields ? [fields.state] : []));
  return { memory, registrar, log, states };
}

describe("Registrar", () => {
  it("stays on the list through an outage that is shorter than the TTL", async () => {
    const { memory, registrar, log, states } = begin();
    await registrar.announced;
    const lease = memory.leaseOf(key);
    memory.stop();
    await vi.advanceTimersByTimeAsync(2000);
    expect(registrar.state.tag).toBe("suspect");
    memory.start();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(states()).toEqual(["granting", "live", "suspect", "live"]);
    expect(memory.leaseOf(key)).toBe(lease);
    expect(log.loud.map(({ message }) => message)).toEqual([
      "announced",
      "etcd does not answer; trying until it does",
      "etcd answers again",
    ]);
    await registrar[Symbol.asyncDispose]();
  });

  it("announces again, under a new lease, after an outage that is longer than the TTL", async () => {
    const { memory, registrar, log } = begin();
    await registrar.announced;
    const earlier = memory.leaseOf(key) ?? "";
    memory.stop();
    await vi.advanceTimersByTimeAsync(600_000);
    expect(["granting", "waiting"]).toContain(registrar.state.tag);
    expect(log.loud).toHaveLength(3);

    memory.start();
    await vi.advanceTimersByTimeAsync(2000);
    expect(registrar.state.tag).toBe("live");
    expect(memory.leaseOf(key)).not.toBe(earlier);
    memory.revoke(earlier);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(memory.get(key)).toBe(value);
    await registrar[Symbol.asyncDispose]();
  });

  it("announces again when etcd has lost all data", async () => {
    const { memory, registrar } = begin();
    await registrar.announced;
    memory.wipe();
    await vi.advanceTimersByTimeAsync(5000);
    expect(registrar.state.tag).toBe("live");
    expect(memory.get(key)).toBe(value);
    await registrar[Symbol.asyncDispose]();
  });

  it("does not spin while etcd refuses, and warns once", async () => {
    let grants = 0;
    const grantLease = (): Promise<never> => {
      grants++;
      return Promise.reject(new Error("permission denied"));
    };
    const { registrar, log } = begin({ parts: { grantLease } });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(grants).toBeGreaterThan(30);
    expect(grants).toBeLessThan(300);
    expect(log.loud).toMatchObject([{ level: "warn", fields: { cause: "permission denied" } }]);
    await registrar[Symbol.asyncDispose]();
  });

  it("takes the key back from one that wrote over it and is gone", async () => {
    const { memory, registrar } = begin();
    await registrar.announced;
    memory.put(key, "10.0.0.8:1");
    await vi.advanceTimersByTimeAsync(1000);
    expect(registrar.state).toMatchObject({ tag: "waiting", cause: expect.stringContaining("10.0.0.8:1") });
    expect(memory.get(key)).toBe("10.0.0.8:1");
    memory.delete(key);
    await vi.advanceTimersByTimeAsync(0);
    expect(memory.get(key)).toBe(value);
    await registrar[Symbol.asyncDispose]();
  });

  it("gives a ghost its full time again when etcd was away meanwhile", async () => {
    const memory = new MemoryEtcd();
    const ghosts = await memory.connect(recordLog()).grantLease(ttlSeconds);
    memory.put(key, "10.0.0.8:1", ghosts);
    const { registrar } = begin({ memory });
    await vi.advanceTimersByTimeAsync(4000);
    memory.stop();
    await vi.advanceTimersByTimeAsync(10_000);
    memory.start();
    await vi.advanceTimersByTimeAsync(4900);
    expect(registrar.state.tag).toBe("waiting");
    await vi.advanceTimersByTimeAsync(200);
    await registrar.announced;
    expect(memory.get(key)).toBe(value);
    await registrar[Symbol.asyncDispose]();
  });

  it("tells once that the key is taken, and takes it when it is free", async () => {
    const { memory, registrar, log } = begin();
    await registrar.announced;
    const later = begin({ memory });
    await vi.advanceTimersByTimeAsync(60_000);
    await expect(later.registrar.announced).rejects.toThrow(InstanceTakenError);
    expect(later.registrar.state).toEqual({ tag: "taken", holder: value });
    expect(later.states().filter((state) => state === "taken")).toHaveLength(1);
    expect(log.loud).toHaveLength(1);
    await registrar[Symbol.asyncDispose]();
    await vi.advanceTimersByTimeAsync(0);
    expect(later.registrar.state.tag).toBe("live");
    await later.registrar[Symbol.asyncDispose]();
  });

  it("is withdrawn within 2 seconds when etcd does not answer, and says that the key stays", async () => {
    const { memory, registrar, log } = begin({ spreadMs: 60_000 });
    await registrar.announced;
    memory.stop();
    const disposal = registrar[Symbol.asyncDispose]();
    await vi.advanceTimersByTimeAsync(2000);
    await disposal;
    expect(log.lines.at(-1)).toMatchObject({
      level: "warn",
      fields: { key, ttlSeconds },
      message: "withdrawn, but etcd does not know it: the key stays until its lease runs out",
    });
  });

  it("writes nothing once it is withdrawn, and revokes the lease that it was asking for", async () => {
    const granted = Promise.withResolvers<string>();
    const memory = new MemoryEtcd();
    const lease = await memory.connect(recordLog()).grantLease(60);
    const put = vi.fn<Etcd["put"]>();
    const revokeLease = vi.fn<Etcd["revokeLease"]>(async () => undefined);
    const { registrar } = begin({ memory, parts: { grantLease: () => granted.promise, put, revokeLease } });
    const disposal = registrar[Symbol.asyncDispose]();
    granted.resolve(lease);
    await disposal;
    expect(put).not.toHaveBeenCalled();
    expect(revokeLease).toHaveBeenCalledExactlyOnceWith(lease);
  });

  it("is taken off the list even when the endpoint cannot stop serving", async () => {
    const stopServing = (): void => {
      throw new Error("cannot stop");
    };
    const { memory, registrar } = begin({ endpoint: { address: value, stopServing } });
    await registrar.announced;
    await expect(registrar[Symbol.asyncDispose]()).rejects.toThrow("cannot stop");
    expect(memory.get(key)).toBeUndefined();
  });

  it("leaves no timer behind", async () => {
    const { memory, registrar } = begin();
    await registrar.announced;
    memory.stop();
    await vi.advanceTimersByTimeAsync(60_000);
    await registrar[Symbol.asyncDispose]();
    expect(vi.getTimerCount()).toBe(0);
  });
});
