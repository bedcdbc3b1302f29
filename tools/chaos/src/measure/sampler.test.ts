import type { Instance, InstanceWatch } from "@banyan/registry";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { usualBounds } from "../bounds.ts";
import { Truth } from "../fleet/truth.ts";
import { Sampler, type Listener } from "./sampler.ts";

const here: Instance = { id: "here", address: "h:1" };
const gone: Instance = { id: "gone", address: "h:2" };
let truth: Truth;

beforeEach(() => {
  vi.useFakeTimers();
  truth = new Truth();
  truth.arrive(here);
  truth.arrive(gone);
});
afterEach(() => void vi.useRealTimers());

function listing(instances: readonly Instance[], ageMs?: number): Listener {
  const watch: InstanceWatch = {
    instances,
    ageMs,
    state: { tag: "watching" },
    subscribe: () => () => undefined,
    [Symbol.asyncDispose]: async () => undefined,
  };
  return { name: "w", ttlSeconds: 5, reachableSince: 0, watch };
}

describe("the sampler", () => {
  it("finds nothing wrong with a list of those who are there, and keeps its greatest age", () => {
    using sampler = new Sampler([listing([gone, here], 700)], truth, usualBounds);
    vi.advanceTimersByTime(1000);
    expect(sampler).toMatchObject({ picks: 50, wrongPicks: 0, emptyPicks: 0, goneListedMs: 0, oldestAgeMs: 700 });
    expect(sampler.violations).toEqual([]);
  });

  it("counts the picks of one that is gone, who may be listed for its TTL and the grace", () => {
    truth.leave(gone, 5);
    using sampler = new Sampler([listing([gone, here])], truth, usualBounds);
    vi.advanceTimersByTime(10_000);
    expect(sampler.wrongPicks).toBe(250);
    expect(sampler.violations).toEqual([]);
    vi.advanceTimersByTime(1000);
    expect(sampler.goneListedMs).toBe(11_000);
    expect(sampler.violations).toEqual(["w listed gone at h:2 for 11.0 s after it had gone (bound: 10 s)"]);
  });

  it("picks from each list in turn, however many lists there are", () => {
    truth.leave(gone, 5);
    using sampler = new Sampler([listing([gone, here]), listing([gone, here])], truth, usualBounds);
    vi.advanceTimersByTime(1000);
    expect(sampler).toMatchObject({ picks: 100, wrongPicks: 50 });
  });

  it("holds nobody to what cannot be known: while etcd is away, a gone one stays", () => {
    truth.leave(gone, 5);
    const listener = { ...listing([gone, here]), reachableSince: undefined };
    using sampler = new Sampler([listener], truth, usualBounds);
    vi.advanceTimersByTime(60_000);
    expect(sampler).toMatchObject({ goneListedMs: 60_000, goneListedReachablyMs: 0, violations: [] });
  });

  it("counts from when etcd could be reached again", () => {
    truth.leave(gone, 5);
    using sampler = new Sampler(
      [{ ...listing([gone]), reachableSince: performance.now() + 60_000 }],
      truth,
      usualBounds,
    );
    vi.advanceTimersByTime(70_000);
    expect(sampler.violations).toEqual([]);
    vi.advanceTimersByTime(100);
    expect(sampler.violations).toHaveLength(1);
  });

  it("allows one who is listed and never was there at no time", () => {
    using sampler = new Sampler([listing([{ id: "here", address: "h:3" }])], truth, usualBounds);
    vi.advanceTimersByTime(20);
    expect(sampler.violations).toEqual(["w listed here at h:3, which was never there"]);
  });

  it("counts when there is nobody to pick although somebody is there", () => {
    using sampler = new Sampler([listing([])], truth, usualBounds);
    vi.advanceTimersByTime(100);
    expect(sampler.emptyPicks).toBe(5);
    truth.hide(here);
    truth.hide(gone);
    vi.advanceTimersByTime(100);
    expect(sampler.emptyPicks).toBe(5);
  });

  it("allows no list to be older than a TTL and 5 seconds, once etcd can be reached for so long", () => {
    using sampler = new Sampler(
      [{ ...listing([here], 10_100), reachableSince: performance.now() }],
      truth,
      usualBounds,
    );
    vi.advanceTimersByTime(9900);
    expect(sampler.violations).toEqual([]);
    vi.advanceTimersByTime(200);
    expect(sampler.violations).toEqual(["the list of w was 10.1 s old with etcd in reach (bound: 10 s)"]);
  });

  it("ends with its disposal", () => {
    const sampler = new Sampler([listing([here])], truth, usualBounds);
    sampler[Symbol.dispose]();
    vi.advanceTimersByTime(1000);
    expect(sampler.picks).toBe(0);
  });
});
