import { describe, expect, it } from "vitest";
import { playedReport, type PlayedCounts } from "../testing/played-traffic.ts";
import { hitsAmong, seededRandom } from "../testing/random.ts";
import { defaultRampPlan, rampBounds, type RampPlan } from "./ramp-plan.ts";
import { Ramp, type RampVerdict } from "./ramp.ts";
import { reasonText } from "./reason-text.ts";

const second = 1000;

/** A ramp in the step of 5 % that began at 0 under revision 7, of which `first` was seen at 1 s. */
function rampAt(
  percent: number,
  { mirrors = false, first = {}, ...plan }: Partial<RampPlan> & { mirrors?: boolean; first?: PlayedCounts } = {},
) {
  const ramp = new Ramp({ ...defaultRampPlan, warmUpCalls: 0, ...plan });
  ramp.begin({ percent, revision: 7n, mirrors }, 0);
  ramp.observe([playedReport(7n, first)], second);
  return ramp;
}

const enough: PlayedCounts = { legacy: { calls: 9500 }, candidate: { calls: 500 } };

describe("a ramp", () => {
  it.each<[string, number, PlayedCounts, number, RampVerdict]>([
    ["goes on when it has seen enough", 5, enough, 10, { tag: "advance", percent: 25 }],
    ["waits for as long as a step lasts", 5, enough, 9, { tag: "hold", waitingFor: ["1 s"] }],
    [
      "waits for calls on both sides",
      5,
      { legacy: { calls: 190 }, candidate: { calls: 10 } },
      10,
      { tag: "hold", waitingFor: ["190 calls on the candidate side", "10 calls on the legacy side"] },
    ],
    [
      "waits for as many as the guards need",
      5,
      { legacy: { calls: 9500 }, candidate: { calls: 300 } },
      10,
      { tag: "hold", waitingFor: ["more calls to judge errors by"] },
    ],
    ["is done after the last step", 100, { candidate: { calls: 5000 } }, 10, { tag: "done" }],
    [
      "stalls when a step takes too long",
      5,
      { legacy: { calls: 190 }, candidate: { calls: 500 } },
      1800,
      { tag: "stalled", waitingFor: ["10 calls on the legacy side"] },
    ],
  ])("%s", (_, percent, seen, seconds, verdict) => {
    const first = { legacy: { calls: 150 } };
    const merged = { ...seen, legacy: { calls: Math.max(150, seen.legacy?.calls ?? 0) } };
    const counts = percent === 100 ? seen : merged;
    expect(rampAt(percent, { first }).observe([playedReport(7n, counts)], seconds * second)).toEqual(verdict);
  });

  it("waits for every split to follow the rule, and for guards that are still open", () => {
    const reports = [
      playedReport(7n, enough, { instance: "a" }),
      playedReport(6n, {}, { instance: "b" }),
      playedReport(7n, {}, { instance: "c", guard: "probing" }),
    ];
    const waitingFor = ["b to follow the rule", "the guard of c to close"];
    expect(rampAt(5, { first: { legacy: { calls: 150 } } }).observe(reports, 20 * second)).toEqual({
      tag: "hold",
      waitingFor,
    });
    expect(rampAt(5).observe([], 20 * second)).toMatchObject({
      tag: "hold",
      waitingFor: expect.arrayContaining(["a report of any split"]),
    });
  });

  it.each<[string, PlayedCounts, string]>([
    [
      "errors",
      { legacy: { calls: 9500 }, candidate: { calls: 200, failures: 6 } },
      "errors: 6 of 200 calls (3.00 %) failed on the candidate, 0 of 9500 calls (0.00 %) on the legacy",
    ],
    [
      "answers that differ",
      { ...enough, compared: 400, mismatched: 6 },
      "mismatches: 6 of 400 calls (1.50 %) that were compared differ, in GetUser/name",
    ],
    [
      "slowness",
      { legacy: { calls: 9500 }, candidate: { calls: 200, slow: { calls: 40, ms: 20 } } },
      "latency: 40 of 200 calls (20 %) took more than 11 ms on the candidate, 0 of 9350 calls (0.00 %) on the legacy",
    ],
  ])("rolls back for %s, at once, and says why", (_, seen, reason) => {
    const mismatches = [{ method: "GetUser", path: "name", count: seen.mismatched ?? 0, samples: [] }];
    const ramp = rampAt(5, { mirrors: true, first: { legacy: { calls: 150 } } });
    const verdict = ramp.observe([playedReport(7n, seen, { mismatches })], 2 * second);
    expect(verdict.tag === "roll back" && reasonText(verdict.reason)).toBe(reason);
  });

  it("does not judge how long the first calls take", () => {
    const first = { legacy: { calls: 150 } };
    const slow = (calls: number) => playedReport(7n, { ...first, candidate: { calls, slow: { calls, ms: 400 } } });
    const ramp = rampAt(5, { first, warmUpCalls: 50 });
    expect(ramp.observe([slow(20)], 2 * second).tag).toBe("hold");
    expect(ramp.observe([slow(60)], 3 * second).tag).toBe("hold");
    expect(ramp.observe([slow(80)], 4 * second).tag).toBe("roll back");
  });

  it("rolls back when the guard of a split opens, not for one that is open from before", () => {
    const opened = playedReport(7n, { candidate: { calls: 5, failures: 1 } }, { guard: "open" });
    expect(rampAt(5).observe([opened], 2 * second)).toEqual({
      tag: "roll back",
      reason: { tag: "split guard", instances: ["monolith-1"] },
    });
    expect(rampAt(5).observe([playedReport(7n, enough, { guard: "open" })], 2 * second).tag).toBe("hold");
  });

  it("counts what a split has counted that has gone or begun anew", () => {
    const ramp = rampAt(5, { first: { legacy: { calls: 1000 } } });
    const of = (instance: string, calls: number) => playedReport(7n, { candidate: { calls } }, { instance });
    ramp.observe([of("gone", 100), of("restarted", 70)], 2 * second);
    ramp.observe([of("restarted", 5)], 3 * second);
    expect(ramp.figures(3 * second)).toMatchObject({ candidate: { calls: 175 }, legacy: { calls: 1000 } });
  });

  it("does not blame the candidate for what troubles both sides", () => {
    const ramp = rampAt(50, { first: { legacy: { calls: 150 } } });
    const seen = { calls: 5000, failures: 500, slow: { calls: 1500, ms: 100 } };
    expect(ramp.observe([playedReport(7n, { legacy: seen, candidate: seen })], 5 * second).tag).toBe("hold");
  });

  it("compares at 0 % and at 100 % with the calls that are mirrored", () => {
    const bad = { calls: 300, failures: 12 };
    const first = { legacy: { calls: 200 } };
    const shadowed = rampAt(0, { steps: [0, 1], mirrors: true, first });
    const counts = { legacy: { calls: 9000 }, mirrored: { legacy: { calls: 300 }, candidate: bad } };
    expect(shadowed.observe([playedReport(7n, counts)], 5 * second).tag).toBe("roll back");
    const whole = rampAt(100, { mirrors: true });
    const both = { candidate: { calls: 300, failures: 12 }, mirrored: { legacy: { calls: 300, failures: 12 } } };
    expect(whole.observe([playedReport(7n, both)], 5 * second).tag).toBe("hold");
    const alone = { candidate: { calls: 300, failures: 12 }, mirrored: { legacy: { calls: 300 } } };
    expect(rampAt(100, { mirrors: true }).observe([playedReport(7n, alone)], 5 * second).tag).toBe("roll back");
  });

  it.each([
    [{ steps: [] }, "steps"],
    [{ steps: [5, 5] }, "steps"],
    [{ steps: [50, 101] }, "steps"],
    [{ minSeconds: -1 }, "minSeconds"],
    [{ maxSeconds: 5 }, "maxSeconds"],
    [{ minCalls: 0.5 }, "minCalls"],
    [{ maxErrorPercent: 51 }, "maxErrorPercent"],
    [{ slowerByMs: Number.NaN }, "slowerByMs"],
    [{ warmUpCalls: 1.5 }, "warmUpCalls"],
  ])("refuses the plan %j by its field %s", (wrong, field) => {
    expect(() => new Ramp({ ...defaultRampPlan, ...wrong })).toThrow(new RegExp(`^${field}: expected`));
  });
});

interface World {
  /** Of all calls, how many a second. */
  readonly rate: number;
  readonly errors: number;
  readonly mismatches: number;
  /** Of the candidate's calls, the part that is slower than 99 % of the legacy's. */
  readonly slow: number;
}

/** Plays a ramp of the default steps with a tenth of the calls mirrored, a report a second. */
function playRamp(random: () => number, { rate, errors, mismatches, slow }: World) {
  const ramp = new Ramp(defaultRampPlan);
  const hits = (calls: number, part: number): number => hitsAmong(random, calls, part);
  let [percent, revision, since] = [1, 1n, 0];
  let seen = { legacy: 0, legacySlow: 0, candidate: 0, failures: 0, slow: 0, compared: 0, mismatched: 0 };
  ramp.begin({ percent, revision, mirrors: true }, 0);
  for (let at = 1; at <= 36_000; at++) {
    const ours = hits(rate, percent / 100);
    const theirs = rate - ours;
    seen = {
      legacy: seen.legacy + theirs,
      legacySlow: seen.legacySlow + hits(theirs, 0.008),
      candidate: seen.candidate + ours,
      failures: seen.failures + hits(ours, errors),
      slow: seen.slow + hits(ours, slow),
      compared: seen.compared + rate / 10,
      mismatched: seen.mismatched + hits(rate / 10, mismatches),
    };
    const report = playedReport(revision, {
      legacy: { calls: seen.legacy, slow: { calls: seen.legacySlow, ms: 50 } },
      candidate: { calls: seen.candidate, failures: seen.failures, slow: { calls: seen.slow, ms: 50 } },
      mirrored: { legacy: { calls: seen.compared } },
      compared: seen.compared,
      mismatched: seen.mismatched,
    });
    const verdict = ramp.observe([report], at * second);
    if (verdict.tag !== "hold" && verdict.tag !== "advance")
      return { ...verdict, at, percent, stepSeconds: at - since };
    if (verdict.tag === "advance") {
      [percent, revision, since] = [verdict.percent, revision + 1n, at];
      seen = { legacy: 0, legacySlow: 0, candidate: 0, failures: 0, slow: 0, compared: 0, mismatched: 0 };
      ramp.begin({ percent, revision, mirrors: true }, at * second);
    }
  }
  throw new Error("a ramp ends within ten hours");
}

describe("a ramp, simulated", () => {
  const good = { rate: 400, errors: 0.001, mismatches: 0.0005, slow: 0.01 };

  it("rolls back at most 1 % of the candidates that are as bad as is tolerated", () => {
    const random = seededRandom(4);
    const runs = Array.from({ length: 400 }, () => playRamp(random, { ...good, rate: 4000 }));
    const rolledBack = runs.filter(({ tag }) => tag === "roll back").length;
    // 400 times 1 % is 4 on average; it is a bound, and the guards keep below it.
    expect(rolledBack).toBeLessThanOrEqual(4);
    expect(runs.filter(({ tag }) => tag === "done").length + rolledBack).toBe(runs.length);
    expect(rampBounds.alpha).toBe(0.01);
  });

  it.each([
    ["2 % errors", { errors: 0.02 }, 80],
    ["a wrong field in 1 % of the answers", { mismatches: 0.01 }, 30],
    ["a third of the calls slow", { slow: 0.33 }, 30],
  ])("rolls back %s in the first step, in the median within %j %i s", (_, fault, seconds) => {
    const random = seededRandom(5);
    const runs = Array.from({ length: 50 }, () => playRamp(random, { ...good, ...fault }));
    expect(runs.every(({ tag }) => tag === "roll back")).toBe(true);
    expect(runs.map(({ at }) => at).toSorted((a, b) => a - b)[25]).toBeLessThanOrEqual(seconds);
  });
});
