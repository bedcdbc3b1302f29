import { describe, expect, it } from "vitest";
import { ConcurrencyLimit } from "./concurrency-limit.ts";
import type { ConcurrencyLimitOptions } from "./concurrency-options.ts";
import type { Permit } from "./permit.ts";
import { SimulatedServer } from "./testing/simulated-server.ts";
import { Simulation } from "./testing/simulation.ts";

interface Load {
  readonly workers: number;
  readonly serviceMs: number;
  /** Of the capacity. */
  readonly load: number;
  /** By second, as `serviceMs` is where it changes. */
  readonly loopDelayMs?: (second: number) => number;
  readonly serviceMsAt?: (second: number) => number;
  readonly options?: Partial<ConcurrencyLimitOptions>;
}

/** By second: the limit at its end, and what was answered and turned away in it, as parts of the capacity. */
function run({ workers, serviceMs, load, loopDelayMs, serviceMsAt, options = {} }: Load, seconds: number) {
  const simulation = new Simulation();
  const server = new SimulatedServer(simulation, { workers, serviceMs });
  const limit = new ConcurrencyLimit(options);
  const capacity = server.capacityPerSecond;
  let [answered, refused, totalMs] = [0, 0, 0];
  simulation.arrivals(
    () => load * capacity,
    () => {
      const began = simulation.now;
      const permit = limit.acquire(began);
      if (permit.tag === "refusal") {
        refused += 1;
        return;
      }
      server.call(() => {
        permit.release(simulation.now, "finished");
        answered += 1;
        totalMs += simulation.now - began;
      });
    },
  );
  return Array.from({ length: seconds }, (_, second) => {
    [answered, refused, totalMs] = [0, 0, 0];
    limit.noteEventLoopDelay(loopDelayMs?.(second) ?? 0);
    server.serviceMs = serviceMsAt?.(second) ?? serviceMs;
    simulation.runUntil((second + 1) * 1000);
    const meanMs = totalMs / answered;
    return { limit: limit.limit, answered: answered / capacity, refused: refused / capacity, meanMs };
  });
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function permitOf(limit: ConcurrencyLimit, now: number): Permit {
  const answer = limit.acquire(now);
  if (answer.tag === "refusal") throw new Error("refused");
  return answer;
}

describe("ConcurrencyLimit", () => {
  it.each([
    { workers: 1, serviceMs: 2 },
    { workers: 4, serviceMs: 5 },
    { workers: 16, serviceMs: 10 },
    { workers: 64, serviceMs: 50 },
    { workers: 200, serviceMs: 100 },
  ])("finds the capacity of $workers workers of $serviceMs ms at twice the load", ({ workers, serviceMs }) => {
    const found = run({ workers, serviceMs, load: 2 }, 40).slice(25);
    expect(mean(found.map(({ answered }) => answered))).toBeGreaterThan(0.95);
    const limit = mean(found.map(({ limit }) => limit));
    expect(limit).toBeGreaterThan(workers);
    expect(limit).toBeLessThan(Math.max(20, 2.2 * workers));
  });

  it("does not take an overload that lasts for normal", () => {
    const seconds = run({ workers: 16, serviceMs: 10, load: 2 }, 300);
    expect(mean(seconds.slice(240).map(({ meanMs }) => meanMs))).toBeLessThan(25);
  });

  it.each([
    { workers: 16, serviceMs: 10, load: 0.3 },
    { workers: 16, serviceMs: 10, load: 0.8 },
    { workers: 64, serviceMs: 50, load: 0.8 },
  ])("turns nobody away at a load of $load of $workers workers", (load) => {
    const seconds = run(load, 20);
    expect(mean(seconds.map(({ refused }) => refused))).toBeLessThan(0.001);
  });

  it("lets a cold start with much to do have its way within 2 s", () => {
    const seconds = run({ workers: 200, serviceMs: 100, load: 0.8 }, 6);
    expect(mean(seconds.slice(2).map(({ refused }) => refused))).toBeLessThan(0.01);
  });

  it("comes down to what a small server can do that is overloaded from the first call on, at half its capacity as well", () => {
    const serviceMsAt = (second: number): number => (second >= 15 && second < 25 ? 80 : 40);
    const seconds = run({ workers: 4, serviceMs: 40, load: 3, serviceMsAt }, 60);
    expect(Math.max(...seconds.slice(30).map(({ limit }) => limit))).toBeLessThan(64);
    expect(mean(seconds.slice(30).map(({ meanMs }) => meanMs))).toBeLessThan(400);
  });

  it("does not take calls that are slow themselves for a queue, and lets them be so within 2 s", () => {
    const serviceMsAt = (second: number): number => (second < 5 ? 10 : 300);
    const seconds = run({ workers: 5000, serviceMs: 10, load: 0.004, serviceMsAt }, 15);
    expect(seconds[4]?.limit).toBe(100);
    expect(mean(seconds.slice(7).map(({ refused }) => refused))).toBeLessThan(1e-4);
    expect(seconds.at(-1)?.limit).toBeGreaterThan(100);
  });

  it("shrinks to its minimum, and not below, while the event loop is late, and is back 2 s later", () => {
    const loopDelayMs = (second: number): number => (second >= 2 && second < 5 ? 500 : 0);
    const seconds = run({ workers: 16, serviceMs: 10, load: 0.8, loopDelayMs, options: { minLimit: 5 } }, 10);
    expect(seconds[4]?.limit).toBe(5);
    expect(Math.min(...seconds.map(({ limit }) => limit))).toBe(5);
    expect(mean(seconds.slice(7).map(({ refused }) => refused))).toBeLessThan(0.01);
  });

  it("comes down to what is in flight at once when the event loop is late", () => {
    const limit = new ConcurrencyLimit({ initialLimit: 1000 });
    limit.noteEventLoopDelay(100);
    for (const at of [0, 150]) {
      const permits = Array.from({ length: 20 }, () => permitOf(limit, at));
      for (const permit of permits) permit.release(at + 10, "finished");
    }
    expect(limit.limit).toBe(10);
  });

  it("lets in as many as the limit is, and as many more as are released", () => {
    const limit = new ConcurrencyLimit({ initialLimit: 2, minLimit: 2 });
    const first = permitOf(limit, 0);
    permitOf(limit, 0);
    expect(limit.acquire(0)).toEqual({ tag: "refusal", retryAfterMs: 10 });
    first.release(1, "finished");
    first.release(1, "finished");
    expect(limit.inFlight).toBe(1);
    permitOf(limit, 1);
    expect(limit.acquire(1).tag).toBe("refusal");
  });

  it("asks for the longer a wait the more it turns away", () => {
    const retryAfterMs = (refusals: number): number => {
      const limit = new ConcurrencyLimit({ initialLimit: 20, minLimit: 20, maxLimit: 20 });
      for (let round = 0; round < 4; round++) {
        const permits = Array.from({ length: 20 }, () => permitOf(limit, round * 150));
        for (let refusal = 0; refusal < refusals; refusal++) limit.acquire(round * 150);
        for (const permit of permits) permit.release(round * 150 + 149, "finished");
      }
      for (let full = 0; full < 20; full++) permitOf(limit, 600);
      const answer = limit.acquire(600);
      return answer.tag === "refusal" ? answer.retryAfterMs : 0;
    };
    expect(retryAfterMs(1)).toBe(10);
    expect(retryAfterMs(40)).toBeGreaterThan(200);
    expect(retryAfterMs(4000)).toBe(1000);
  });

  it("begins with the bound that is nearest to 100 where that is out of bounds", () => {
    expect(new ConcurrencyLimit({ maxLimit: 50 }).limit).toBe(50);
    expect(new ConcurrencyLimit({ minLimit: 200 }).limit).toBe(200);
  });

  it("learns nothing from calls that are ignored", () => {
    const limit = new ConcurrencyLimit({ initialLimit: 10 });
    for (let at = 0; at < 100_000; at += 100) {
      const permits = Array.from({ length: 10 }, () => permitOf(limit, at));
      for (const permit of permits) permit.release(at + 1 + at / 10, "ignored");
    }
    expect(limit.limit).toBe(10);
  });

  it.each([
    [{ minLimit: 0 }, "minLimit: expected an integer in [1, 100000], got 0"],
    [{ minLimit: 5, initialLimit: 4 }, "initialLimit: expected an integer in [5, 1000], got 4"],
    [{ maxLimit: 7 }, "maxLimit: expected an integer in [8, 100000], got 7"],
    [{ initialLimit: 1001 }, "initialLimit: expected an integer in [8, 1000], got 1001"],
    [{ windowMs: 9 }, "windowMs: expected a number in [10, 10000], got 9"],
    [{ minSamples: 1.5 }, "minSamples: expected an integer in [1, 10000], got 1.5"],
    [{ tolerance: 1 }, "tolerance: expected a number in [1.1, 10], got 1"],
    [{ probeEveryMs: 999 }, "probeEveryMs: expected a number in [1000, 600000], got 999"],
    [{ eventLoopDelayMs: Number.NaN }, "eventLoopDelayMs: expected a number in [1, 10000], got NaN"],
  ])("refuses %o", (options, message) => {
    expect(() => new ConcurrencyLimit(options)).toThrow(new RangeError(message));
  });
});
