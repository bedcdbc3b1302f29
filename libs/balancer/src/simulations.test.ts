import { describe, expect, it } from "vitest";
import { strategies, type BalancerPolicy } from "./index.ts";
import { around, percentile, shares, SimulatedFleet, type Work } from "./testing/simulated-fleet.ts";

type Behaviour = (now: number, random: () => number) => Work;

const healthy: Behaviour = (_, random) => ({ ms: around(10, random) });

/** Three instances, of which the last behaves as told. */
function fleetWith(last: Behaviour, policy: BalancerPolicy = {}, seed = 1): SimulatedFleet {
  const behaviours = { a: healthy, b: healthy, c: last };
  const instances = Object.entries(behaviours).map(([id, work]) => ({ id, work, workers: 16 }));
  return new SimulatedFleet(instances, policy, seed);
}

const during = (from: number, to: number, meanwhile: Behaviour): Behaviour => {
  return (now, random) => (now >= from && now < to ? meanwhile : healthy)(now, random);
};

const seeds = [1, 2, 3];

describe("one of three instances 50 x slower", () => {
  const slow: Behaviour = (_, random) => ({ ms: 50 * around(10, random) });

  it.each([3, 30, 300, 1500])(
    "leaves the p99 of all within twice that of a healthy fleet after 5 s, at %d calls/s",
    (rate) => {
      const seconds = Math.max(25, 2500 / rate);
      for (const seed of seeds) {
        const [whole, impaired] = [fleetWith(healthy, {}, seed), fleetWith(during(10_000, 1e9, slow), {}, seed)];
        for (const fleet of [whole, impaired]) fleet.run(15, rate);
        const [p99, wholeP99] = [impaired, whole].map((fleet) => percentile(fleet.run(seconds, rate), 99));
        expect(p99).toBeLessThan(2 * (wholeP99 ?? 0));
      }
    },
  );

  it("has its share back within 10 s of its recovery", () => {
    for (const seed of seeds) {
      const fleet = fleetWith(during(10_000, 30_000, slow), {}, seed);
      fleet.run(30, 300);
      fleet.run(10, 300);
      expect(shares(fleet.run(10, 300)).get("c")).toBeGreaterThan(0.25);
    }
  });
});

describe("one of three instances that hangs", () => {
  it("has no more than a few of the calls of the 5 s until the first of them is given up", () => {
    for (const seed of seeds) {
      const fleet = fleetWith(
        during(10_000, 60_000, () => ({ ms: 5000, fails: true })),
        {},
        seed,
      );
      fleet.run(10, 300);
      // 1,500 calls come in these 5 s.
      fleet.run(4.9, 300);
      expect(fleet.balancer.status().find(({ id }) => id === "c")?.inFlight).toBeLessThanOrEqual(5);
    }
  });
});

describe("a killed instance, which fails at once", () => {
  const dead: Behaviour = () => ({ ms: 0.2, fails: true });

  it.each(strategies)("with %s is left after a few calls, and has one every now and then", (strategy) => {
    for (const seed of seeds) {
      const fleet = fleetWith(during(10_000, 1e9, dead), { strategy }, seed);
      fleet.run(10, 300);
      const failures = (seconds: number) => fleet.run(seconds, 300).filter(({ failed }) => failed).length;
      // Five, and those that were picked meanwhile.
      expect(failures(9)).toBeLessThanOrEqual(8);
      // Ejections end after 10, 30, 60, 100 and 150 s; 54,000 calls.
      expect(failures(180)).toBeLessThanOrEqual(6);
    }
  });

  it("is left alone for the most part even when nobody is ejected", () => {
    const fleet = fleetWith(during(10_000, 1e9, dead), { ejection: false });
    fleet.run(15, 300);
    expect(shares(fleet.run(30, 300)).get("c")).toBeLessThan(0.01);
  });

  it.each(strategies)("with %s comes back after its recovery, by and by", (strategy) => {
    const fleet = fleetWith(during(10_000, 15_000, dead), { strategy });
    fleet.run(20, 300);
    const first = shares(fleet.run(2, 300)).get("c") ?? 0;
    fleet.run(8, 300);
    expect(first).toBeLessThan(0.25);
    expect(shares(fleet.run(10, 300)).get("c")).toBeGreaterThan(0.25);
  });
});

describe("an instance that fails a third of its calls, quickly", () => {
  it("gets few of them, though none is ejected", () => {
    const flaky: Behaviour = (_, random) => (random() < 0.33 ? { ms: 0.2, fails: true } : { ms: around(10, random) });
    const fleet = fleetWith(flaky, { ejection: false });
    fleet.run(5, 300);
    expect(shares(fleet.run(30, 300)).get("c")).toBeLessThan(0.1);
  });

  it("is ejected by its success rate where turns are taken", () => {
    const flaky: Behaviour = (_, random) => (random() < 0.33 ? { ms: 0.2, fails: true } : { ms: around(10, random) });
    const fleet = fleetWith(flaky, { strategy: "round_robin", ejection: { consecutiveFailures: 1000 } });
    fleet.run(10.1, 300);
    expect(shares(fleet.run(8, 300)).get("c")).toBeUndefined();
  });
});

describe("equal instances", () => {
  it.each(strategies)("get with %s shares between 28 and 38 % each, at 30 and at 1,500 calls/s", (strategy) => {
    for (const rate of [30, 1500]) {
      const parts = [...shares(fleetWith(healthy, { strategy }).run(30_000 / rate, rate)).values()];
      expect(Math.min(...parts)).toBeGreaterThan(0.28);
      expect(Math.max(...parts)).toBeLessThan(0.38);
    }
  });

  it("share failures that all have, without one carrying the load", () => {
    const flaky: Behaviour = (_, random) => ({ ms: around(10, random), fails: random() < 0.05 });
    const instances = ["a", "b", "c"].map((id) => ({ id, work: flaky, workers: 16 }));
    const parts = shares(new SimulatedFleet(instances).run(30, 1500));
    expect(Math.min(...parts.values())).toBeGreaterThan(0.28);
  });
});

describe("weights", () => {
  const weighted = (weights: readonly number[], policy: BalancerPolicy) =>
    new SimulatedFleet(
      weights.map((weight, index) => ({ id: `${index}`, weight, work: healthy, workers: weight })),
      policy,
    );

  it.each([
    ["peak_ewma", 0.06],
    ["least_request", 0.06],
    ["weighted_round_robin", 0.001],
    ["rendezvous", 0.06],
  ] as const)("are obeyed by %s, to within %d of the calls", (strategy, tolerance) => {
    for (const weights of [
      [10, 30],
      [10, 20, 30],
      [80, 10, 10],
    ]) {
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      for (const rate of [30, 300, 1500]) {
        const parts = shares(weighted(weights, { strategy }).run(9000 / rate + 5, rate));
        weights.forEach((weight, index) =>
          expect(Math.abs((parts.get(`${index}`) ?? 0) - weight / total)).toBeLessThan(tolerance),
        );
      }
    }
  });

  it("mean nothing to round_robin", () => {
    const parts = shares(weighted([10, 20, 30], { strategy: "round_robin" }).run(30, 300));
    for (const part of parts.values()) expect(part).toBeCloseTo(1 / 3, 2);
  });
});

describe("a newcomer", () => {
  it.each(strategies)("with %s is neither flooded nor forgotten", (strategy) => {
    for (const seed of seeds) {
      const old = ["a", "b"].map((id) => ({ id, work: healthy, workers: 16 }));
      const fleet = new SimulatedFleet(old, { strategy }, seed);
      fleet.run(5, 300);
      fleet.balancer.update([...old, { id: "c", work: healthy, workers: 16 }]);
      const first = shares(fleet.run(2, 300)).get("c") ?? 0;
      expect(first).toBeGreaterThan(0.01);
      expect(first).toBeLessThan(0.2);
      fleet.run(8, 300);
      const grown = shares(fleet.run(10, 300)).get("c") ?? 0;
      expect(grown).toBeGreaterThan(0.25);
      expect(grown).toBeLessThan(0.42);
    }
  });
});

describe("near capacity", () => {
  it("peak_ewma keeps the tail shorter than taking turns does", () => {
    const tail = (strategy: "peak_ewma" | "round_robin"): number => {
      const instances = ["a", "b", "c"].map((id) => ({ id, work: healthy, workers: 5 }));
      return percentile(new SimulatedFleet(instances, { strategy }).run(30, 1250), 99);
    };
    expect(tail("peak_ewma")).toBeLessThan(tail("round_robin"));
  });
});

describe("the own zone", () => {
  it("spills over no more than it lacks when some of it is gone, and takes calls back", () => {
    const instances = Array.from("aaaaabbbbb", (zone, index) => ({
      id: `${zone}${index}`,
      zone,
      work: healthy,
      workers: 16,
    }));
    const fleet = new SimulatedFleet(instances, { zone: "a" });
    const zonesCalled = (seconds: number) => new Set(fleet.run(seconds, 300).map(({ id }) => id[0]));
    expect(zonesCalled(5)).toEqual(new Set("a"));
    for (const id of ["a0", "a1", "a2"]) fleet.balancer.setHealthy(id, false);
    fleet.run(1, 300);
    const calls = fleet.run(20, 300);
    // 1.4 x 2 of 5.
    expect(calls.filter(({ id }) => id.startsWith("a")).length / calls.length).toBeCloseTo(0.56, 1);
    for (const id of ["a0", "a1", "a2"]) fleet.balancer.setHealthy(id, true);
    fleet.run(1, 300);
    expect(zonesCalled(5)).toEqual(new Set("a"));
  });
});
