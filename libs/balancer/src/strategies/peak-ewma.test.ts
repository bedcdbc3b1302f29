import { describe, expect, it } from "vitest";
import { Member } from "../member.ts";
import { settingsOf } from "../options.ts";
import { ForcedPicks } from "./forced-picks.ts";
import { byCallsInFlight } from "./least-request.ts";
import { byPeakEwma } from "./peak-ewma.ts";

const { latency } = settingsOf({});
const now = 10_000;

interface State {
  /** What an answer took, at `now`. */
  readonly ms?: number;
  /** How long each waiting call has waited. */
  readonly waiting?: readonly number[];
  readonly failed?: boolean;
  readonly strain?: number;
}

function choice({ ms, waiting = [], failed, strain = 1 }: State) {
  const member = new Member({ id: "a" }, Number.NEGATIVE_INFINITY, now);
  if (ms !== undefined) member.cost.answered(ms, now, latency);
  if (failed === true) member.cost.ended(true, now, latency);
  for (const waitedMs of waiting) member.picked(now - waitedMs);
  return { member, strain };
}

describe("byPeakEwma prefers the second", () => {
  const prefersSecond = byPeakEwma(latency, new ForcedPicks());

  it.each<[string, State, State, boolean]>([
    ["that is faster", { ms: 20 }, { ms: 10 }, true],
    ["not for a difference that is noise", { ms: 12 }, { ms: 10 }, false],
    ["not when it is slower", { ms: 10 }, { ms: 20 }, false],
    ["that has fewer calls waiting", { ms: 10, waiting: [1, 1] }, { ms: 10 }, true],
    ["not when it is faster, but busier by more", { ms: 20 }, { ms: 10, waiting: [1, 1, 1] }, false],
    [
      "when calls of the first wait longer than its answers took",
      { ms: 10, waiting: [100] },
      { ms: 20, waiting: [1] },
      true,
    ],
    ["when calls of the first fail, however fast", { ms: 1, failed: true }, { ms: 10 }, true],
    ["not when nothing is known of either", {}, {}, false],
    ["that is a newcomer, only by its calls waiting", { ms: 1 }, {}, false],
    ["that is a newcomer, when the first is busy", { ms: 1, waiting: [0] }, {}, true],
    ["rather than a newcomer that is busy", { waiting: [0] }, { ms: 500 }, true],
    ["not rather than a newcomer that is not", {}, { ms: 1 }, false],
    ["rather than a newcomer that fails", { failed: true }, { ms: 500 }, true],
    ["of a quarter the weight only when it is cheaper by that", { ms: 30, strain: 0.5 }, { ms: 10, strain: 2 }, false],
    ["of a quarter the weight when it is", { ms: 50, strain: 0.5 }, { ms: 10, strain: 2 }, true],
    ["of any weight when the first is ten times as slow", { ms: 101, strain: 0.1 }, { ms: 10, strain: 100 }, true],
  ])("%s", (_, first, second, preferred) => {
    expect(prefersSecond(choice(first), choice(second), now)).toBe(preferred);
  });
});

describe("a forced pick", () => {
  /** Compares an instance that is fast, and always called, with a slow one; says at which times the slow one is taken. */
  function takenAt(everyMs: number, forMs: number): number[] {
    const prefersSecond = byPeakEwma(latency, new ForcedPicks());
    const [fast, slow] = [choice({ ms: 10 }), choice({ ms: 500 })];
    const taken: number[] = [];
    for (let elapsed = everyMs; elapsed <= forMs; elapsed += everyMs) {
      const time = now + elapsed;
      fast.member.cost.answered(10, time, latency);
      if (!prefersSecond(fast, slow, time)) continue;
      taken.push(elapsed);
      slow.member.pickedAt = time;
      slow.member.cost.answered(500, time, latency);
    }
    return taken;
  }

  it("tries an instance that lost for 3 s", () => {
    expect(takenAt(1, 10_000)).toEqual([3000, 6000, 9000]);
  });

  it("waits for 400 other calls", () => {
    expect(takenAt(20, 20_000)).toEqual([8000, 16_000]);
  });

  it("is not needed by a client that calls rarely: after 2 minutes the latency is forgotten, and the calls waiting decide", () => {
    const prefersSecond = byPeakEwma(latency, new ForcedPicks());
    const [slow, fast] = [choice({ ms: 500 }), choice({})];
    fast.member.cost.answered(10, now + 120_001, latency);
    expect(prefersSecond(slow, fast, now + 120_000)).toBe(true);
    expect(prefersSecond(slow, fast, now + 120_001)).toBe(false);
  });

  it("spares an instance with a call waiting", () => {
    const [fast, slow] = [choice({ ms: 10 }), choice({ ms: 500, waiting: [0] })];
    const prefersSecond = byPeakEwma(latency, new ForcedPicks());
    const times = Array.from({ length: 1000 }, (_, index) => now + 3000 + index);
    expect(times.some((time) => prefersSecond(fast, slow, time))).toBe(false);
  });
});

describe("byCallsInFlight prefers the second", () => {
  it.each<[string, State, State, boolean]>([
    ["with fewer calls in flight", { waiting: [1, 1] }, { waiting: [1] }, true],
    ["not with as many", { waiting: [1] }, { waiting: [1] }, false],
    ["however slow it is", { ms: 1, waiting: [1] }, { ms: 500 }, true],
    [
      "not with half the weight and half the calls",
      { waiting: [1, 1], strain: 0.75 },
      { waiting: [1], strain: 1.5 },
      false,
    ],
  ])("%s", (_, first, second, preferred) => {
    expect(byCallsInFlight(choice(first), choice(second), now)).toBe(preferred);
  });
});
