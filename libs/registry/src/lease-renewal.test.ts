import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { EtcdUnreachableError, type Etcd } from "./etcd/etcd.ts";
import { renewLease } from "./lease-renewal.ts";
import { MemoryEtcd } from "./testing/memory-etcd.ts";
import { recordLog } from "./testing/recorded-log.ts";

const ttlMs = 9000;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Begins to renew a lease on an etcd whose `keepAlive` is handed in, and notes when it was called. */
function begin(keepAlive: Etcd["keepAlive"], grantedAt = performance.now()) {
  const startedAt = performance.now();
  const asked: number[] = [];
  const etcd: Etcd = {
    ...new MemoryEtcd().connect(recordLog()),
    keepAlive(lease, timeoutMs) {
      asked.push(performance.now() - startedAt);
      return keepAlive(lease, timeoutMs);
    },
  };
  const closing = new AbortController();
  const onRenewed = vi.fn<() => void>();
  const onSuspect = vi.fn<(cause: string) => void>();
  const ended = vi.fn<(why: string) => void>();
  void renewLease(etcd, { lease: "1", ttlMs, grantedAt, onRenewed, onSuspect }, closing.signal).then(ended);
  return { asked, closing, onRenewed, onSuspect, ended };
}

const known = async (): Promise<boolean> => true;
const unknown = async (): Promise<boolean> => false;
const unreachable = (): Promise<boolean> => Promise.reject(new EtcdUnreachableError("refused"));
const silent: Etcd["keepAlive"] = (_lease, timeoutMs) =>
  new Promise((_resolve, reject) => {
    setTimeout(() => reject(new EtcdUnreachableError("silence")), timeoutMs);
  });

describe("renewLease", () => {
  it("renews every third of the TTL for as long as etcd knows the lease", async () => {
    const { asked, ended } = begin(known);
    await vi.advanceTimersByTimeAsync(12_000);
    expect(asked).toEqual([3000, 6000, 9000, 12_000]);
    expect(ended).not.toHaveBeenCalled();
  });

  it("ends when etcd no longer knows the lease", async () => {
    const { ended } = begin(unknown);
    await vi.advanceTimersByTimeAsync(3000);
    expect(ended).toHaveBeenCalledWith("etcd no longer knows the lease");
  });

  it.each([
    ["refuses", unreachable],
    ["is silent", silent],
  ])("ends one TTL after the grant when etcd %s", async (_what, keepAlive) => {
    const { ended, onSuspect } = begin(keepAlive);
    await vi.advanceTimersByTimeAsync(ttlMs - 1);
    expect(onSuspect).toHaveBeenCalled();
    expect(ended).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(5);
    expect(ended).toHaveBeenCalledWith("no renewal was answered for 9 s");
  });

  it("counts the TTL from when the last answered renewal was sent", async () => {
    let calls = 0;
    const { ended } = begin((lease, timeoutMs) => (++calls === 1 ? known() : silent(lease, timeoutMs)));
    await vi.advanceTimersByTimeAsync(3000 + ttlMs - 1);
    expect(ended).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(5);
    expect(ended).toHaveBeenCalled();
  });

  it("pauses between 100 ms and 2 s after a failure, and is well again after a success", async () => {
    let isUp = false;
    const { asked, onRenewed, onSuspect, ended } = begin(() => (isUp ? known() : unreachable()));
    await vi.advanceTimersByTimeAsync(6000);
    const pauses = asked.slice(1).map((at, index) => at - (asked[index] ?? 0));
    expect(pauses.every((ms) => ms >= 100 && ms <= 2001)).toBe(true);
    expect(onSuspect).toHaveBeenCalledTimes(asked.length);
    isUp = true;
    await vi.advanceTimersByTimeAsync(2000);
    expect(onRenewed).toHaveBeenCalledOnce();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(ended).not.toHaveBeenCalled();
  });

  it("renews at once a lease whose grant took long", async () => {
    const { asked, ended } = begin(known, performance.now() - 8000);
    await vi.advanceTimersByTimeAsync(5000);
    expect(asked).toEqual([0, 3000]);
    expect(ended).not.toHaveBeenCalled();
  });

  it("does not ask for a lease that is past its TTL, as after the process was stopped", async () => {
    const { asked, ended } = begin(known, performance.now() - ttlMs);
    await vi.advanceTimersByTimeAsync(0);
    expect(ended).toHaveBeenCalledWith("no renewal was answered for 9 s");
    expect(asked).toEqual([]);
  });

  it("ends with its signal, and what is answered afterwards counts for nothing", async () => {
    const answer = Promise.withResolvers<boolean>();
    const { closing, ended, onRenewed } = begin(() => answer.promise);
    await vi.advanceTimersByTimeAsync(3000);
    closing.abort();
    answer.resolve(true);
    await vi.advanceTimersByTimeAsync(0);
    expect(ended).toHaveBeenCalledWith("withdrawn");
    expect(onRenewed).not.toHaveBeenCalled();
  });
});
