import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { recordLog } from "../testing/recorded-log.ts";
import { Reachability } from "./reachability.ts";

const refused = new Error("connection refused");
const never = new AbortController().signal;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("Reachability", () => {
  it("says once that an outage began and once that it ended", () => {
    const log = recordLog();
    const reachability = new Reachability(log, { endpoints: ["http://etcd:2379"] });
    reachability.answered();
    for (let call = 0; call < 1000; call++) reachability.failed(refused);
    vi.advanceTimersByTime(1500);
    reachability.answered();
    reachability.answered();
    expect(log.lines).toEqual([
      {
        level: "warn",
        fields: { endpoints: ["http://etcd:2379"], error: "connection refused" },
        message: "etcd does not answer; trying until it does",
      },
      { level: "info", fields: { endpoints: ["http://etcd:2379"], outageMs: 1500 }, message: "etcd answers again" },
    ]);
  });

  it("ends a pause when its time is over", async () => {
    const pause = new Reachability(recordLog(), {}).pause(200, never);
    await vi.advanceTimersByTimeAsync(199);
    expect(vi.getTimerCount()).toBe(1);
    await vi.advanceTimersByTimeAsync(1);
    await pause;
  });

  it("ends every pause when an outage ends, and leaves no timer", async () => {
    const reachability = new Reachability(recordLog(), {});
    reachability.failed(refused);
    const pauses = [reachability.pause(2000, never), reachability.pause(2000, never)];
    reachability.answered();
    await Promise.all(pauses);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("ends a pause with its signal, and leaves no timer", async () => {
    const reachability = new Reachability(recordLog(), {});
    const closing = new AbortController();
    const pause = reachability.pause(2000, closing.signal);
    closing.abort();
    await pause;
    await reachability.pause(2000, closing.signal);
    expect(vi.getTimerCount()).toBe(0);
  });
});
