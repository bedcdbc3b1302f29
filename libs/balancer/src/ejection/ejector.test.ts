import { describe, expect, it } from "vitest";
import { Member } from "../member.ts";
import { settingsOf, type EjectionOptions } from "../options.ts";
import { Ejector, readmit } from "./ejector.ts";

function fleet(size: number, options: EjectionOptions = {}) {
  const members = Array.from(
    { length: size },
    (_, index) => new Member({ id: `${index}` }, Number.NEGATIVE_INFINITY, 0),
  );
  const { ejection } = settingsOf({ ejection: options });
  if (ejection === undefined) throw new Error("ejection is on");
  const ejector = new Ejector(ejection, members, 0);
  /** Ends calls to one member: "++-" is two successes and a failure. */
  const end = (index: number, outcomes: string, now = 0, pickedAt = now): void => {
    const member = members[index];
    if (member === undefined) throw new Error(`there is no member ${index}`);
    for (const outcome of outcomes) ejector.count(member, outcome === "-", pickedAt, now);
  };
  const ejected = () => members.filter(({ standing }) => standing.tag === "ejected").map(({ id }) => Number(id));
  const until = (index: number) => {
    const standing = members[index]?.standing;
    return standing?.tag === "ejected" ? standing.untilMs : undefined;
  };
  return { members, end, ejected, until };
}

describe("consecutive failures", () => {
  it.each([
    ["----", []],
    ["-----", [0]],
    ["----+----", []],
    ["+++++-----", [0]],
  ])("%s of an instance eject %j", (outcomes, ids) => {
    const { end, ejected } = fleet(2);
    end(0, outcomes);
    expect(ejected()).toEqual(ids);
  });

  it("may be fewer", () => {
    const { end, ejected } = fleet(2, { consecutiveFailures: 1 });
    end(1, "-");
    expect(ejected()).toEqual([1]);
  });
});

describe("how many are ejected", () => {
  it.each([
    [1, 50, 0],
    [2, 50, 1],
    [3, 50, 1],
    [4, 50, 2],
    [10, 50, 5],
    [2, 100, 1],
    [4, 100, 3],
    [4, 0, 1],
    [1, 100, 0],
  ])("of %d, all failing, with %d %% allowed: %d", (size, maxPercent, count) => {
    const { members, end, ejected } = fleet(size, { maxPercent });
    for (const index of members.keys()) end(index, "-----");
    expect(ejected()).toHaveLength(count);
  });

  it("counts the unhealthy as gone already", () => {
    const { members, end, ejected } = fleet(4);
    for (const member of members.slice(2)) member.healthy = false;
    end(0, "-----");
    expect(ejected()).toEqual([]);
  });

  it("does not count an instance that is itself unhealthy against its own ejection", () => {
    const { members, end, ejected } = fleet(2);
    for (const member of members.slice(0, 1)) member.healthy = false;
    end(0, "-----");
    expect(ejected()).toEqual([0]);
  });
});

describe("how long an ejection lasts", () => {
  it("is 10 s, and 10 s more each time in a row, for a first failure after it", () => {
    const { members, end, until } = fleet(2);
    const [first] = members;
    if (first === undefined) throw new Error("the fleet has two");
    end(0, "-----", 0);
    expect(until(0)).toBe(10_000);
    readmit(first, 10_000);
    end(0, "-", 10_001);
    expect(until(0)).toBe(30_001);
    readmit(first, 30_001);
    end(0, "-", 30_002);
    expect(until(0)).toBe(60_002);
  });

  it("is never more than the cap", () => {
    const { members, end, until } = fleet(2, { baseMs: 1000, maxMs: 1500 });
    const [first] = members;
    if (first === undefined) throw new Error("the fleet has two");
    end(0, "-----", 0);
    readmit(first, 1000);
    end(0, "-", 1001);
    expect(until(0)).toBe(2501);
  });

  it("starts from the beginning after as many whole intervals without", () => {
    const { members, end, until } = fleet(2);
    const [first] = members;
    if (first === undefined) throw new Error("the fleet has two");
    end(0, "-----", 0);
    readmit(first, 10_000);
    end(0, "+", 10_001);
    end(1, "+", 15_000);
    end(1, "+", 31_000);
    end(0, "-----", 31_001);
    expect(until(0)).toBe(41_001);
  });
});

describe("after an ejection", () => {
  it("a success ends the trial: it takes five failures again", () => {
    const { members, end, ejected } = fleet(2);
    const [first] = members;
    if (first === undefined) throw new Error("the fleet has two");
    end(0, "-----", 0);
    readmit(first, 10_000);
    end(0, "+----", 10_001);
    expect(ejected()).toEqual([]);
    end(0, "-", 10_002);
    expect(ejected()).toEqual([0]);
  });

  it("calls that were picked before it do not count", () => {
    const { members, end, ejected } = fleet(2);
    const [first] = members;
    if (first === undefined) throw new Error("the fleet has two");
    end(0, "-----", 0);
    end(0, "-----", 5000, 0);
    readmit(first, 10_000);
    end(0, "-----", 10_001, 9999);
    expect(ejected()).toEqual([]);
  });
});

describe("success rates", () => {
  const [good, bad] = ["+".repeat(100), "++++-".repeat(20)];

  it.each([2, 3, 4, 5, 10])("eject one of %d that fails a fifth of its calls, at the end of the interval", (size) => {
    const { members, end, ejected } = fleet(size);
    for (const index of members.keys()) end(index, index === 1 ? bad : good, 5000);
    end(0, "+", 9999);
    expect(ejected()).toEqual([]);
    end(0, "+", 10_000);
    expect(ejected()).toEqual([1]);
  });

  it("say nothing of an instance with fewer calls than 30", () => {
    const { end, ejected } = fleet(2);
    end(0, good);
    end(1, bad.slice(0, 29));
    end(0, "+", 10_000);
    expect(ejected()).toEqual([]);
  });

  it("start from nothing in each interval", () => {
    const { end, ejected } = fleet(2);
    end(0, good, 1000);
    end(1, bad.slice(0, 20), 1000);
    end(0, good, 11_000);
    end(1, bad.slice(0, 20), 11_000);
    end(0, "+", 20_000);
    expect(ejected()).toEqual([]);
  });

  it("of an interval that ended long ago say nothing", () => {
    const { end, ejected } = fleet(2);
    end(0, good, 1000);
    end(1, bad, 1000);
    end(0, "+", 20_000);
    expect(ejected()).toEqual([]);
  });

  it("eject the worst first when not all may be", () => {
    const { end, ejected } = fleet(3, { maxPercent: 34 });
    end(0, good);
    end(1, "++++-".repeat(20));
    end(2, "++-".repeat(34));
    end(0, "+", 10_000);
    expect(ejected()).toEqual([2]);
  });
});
