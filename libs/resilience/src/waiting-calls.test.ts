import { describe, expect, it } from "vitest";
import { ConcurrencyLimit } from "./concurrency-limit.ts";
import { defaultWaiting, serverMinLimit } from "./defaults.ts";
import type { Refusal } from "./permit.ts";
import { LimitedServer } from "./testing/limited-server.ts";
import { Simulation } from "./testing/simulation.ts";
import { WaitingCalls } from "./waiting-calls.ts";

/** A limit of one, whose place is taken, and calls that wait for it. */
function openFull() {
  const limit = new ConcurrencyLimit({ initialLimit: 1, minLimit: 1, maxLimit: 1 });
  const waiting = new WaitingCalls(limit);
  const told: string[] = [];
  const holder = limit.acquire(0);
  if (holder.tag === "refusal") throw new Error("refused");
  const enter = (name: string, now: number): Refusal | undefined =>
    waiting.enter(now, (answer) => void told.push(`${name}: ${answer.tag}`));
  const release = (now: number): void => {
    holder.release(now, "finished");
    waiting.admit(now);
  };
  return { waiting, told, enter, release };
}

describe("WaitingCalls", () => {
  it("lets in as many as have found a place, in their order", () => {
    const { waiting, told, enter, release } = openFull();
    for (const name of ["a", "b"]) enter(name, 0);
    waiting.admit(1);
    expect(told).toEqual([]);
    release(2);
    expect(told).toEqual(["a: permit"]);
    expect(waiting.size).toBe(1);
  });

  it("turns away who has waited for as long as a call may, and tells when the next one has", () => {
    const { waiting, told, enter, release } = openFull();
    enter("a", 0);
    enter("b", 5);
    expect(waiting.expire(49)).toBe(1);
    expect(waiting.expire(51)).toBe(4);
    expect(told).toEqual(["a: refusal"]);
    expect(waiting.expire(55)).toBeUndefined();
    release(56);
    expect(told).toEqual(["a: refusal", "b: refusal"]);
  });

  it("has a bound", () => {
    const { waiting, told, enter } = openFull();
    for (let count = 0; count < defaultWaiting.maxCalls; count++) expect(enter(`${count}`, 0)).toBeUndefined();
    expect(enter("one more", 0)).toEqual({ tag: "refusal", retryAfterMs: 10 });
    expect(waiting.size).toBe(defaultWaiting.maxCalls);
    waiting.expire(50);
    expect(told).toHaveLength(defaultWaiting.maxCalls);
  });

  it("lets none wait after one has waited in vain, until none was turned away for a second", () => {
    const { told, waiting, enter } = openFull();
    enter("a", 0);
    waiting.expire(50);
    expect(told).toEqual(["a: refusal"]);
    expect(enter("b", 1049)).toMatchObject({ tag: "refusal" });
    expect(enter("c", 2048)).toMatchObject({ tag: "refusal" });
    expect(enter("d", 3048)).toBeUndefined();
  });
});

const ofServer = { minLimit: serverMinLimit };

/** So many calls at once to a server that has just started: how many of them it turns away. */
function burst(calls: number, load: { workers: number; serviceMs: number }): number {
  const simulation = new Simulation();
  const server = new LimitedServer(simulation, load, ofServer);
  let refused = 0;
  for (let count = 0; count < calls; count++) {
    server.call(
      () => undefined,
      () => refused++,
    );
  }
  simulation.runUntil(60_000);
  return refused;
}

describe("a server that has just started", () => {
  it("answers 1000 calls that come all at once and take 10 us each", () => {
    expect(burst(1000, { workers: 1, serviceMs: 0.01 })).toBe(0);
  });

  it("turns away what it cannot do soon", () => {
    expect(burst(1000, { workers: 16, serviceMs: 50 })).toBeGreaterThan(850);
  });

  it("turns away what it has no room for, however fast it is", () => {
    expect(burst(5000, { workers: 1, serviceMs: 0.001 })).toBe(5000 - 100 - defaultWaiting.maxCalls);
  });
});

/**
 * A server with the smallest limit that it may have, which hands 200 calls a second on to one that takes 200 ms: 40 are under
 * way. Every now and then its process stands still.
 *
 * @returns how many calls of 12,000 it turns away
 */
function handOn(pauseMs: number): number {
  const simulation = new Simulation(5);
  const load = { workers: 1e6, serviceMs: 200 };
  const server = new LimitedServer(simulation, load, { minLimit: serverMinLimit, maxLimit: serverMinLimit });
  let refused = 0;
  simulation.arrivals(
    () => 200,
    () =>
      server.call(
        () => undefined,
        () => refused++,
      ),
  );
  for (let at = 1000; at < 60_000; at += 1919) simulation.after(at, () => server.standStill(pauseMs));
  simulation.runUntil(60_000);
  return refused;
}

describe("a server that waits for others, and has two thirds of its places taken", () => {
  it.each([100, 150, 200])("turns no call away for a pause of %i ms", (pauseMs) => {
    expect(handOn(pauseMs)).toBe(0);
  });
});
