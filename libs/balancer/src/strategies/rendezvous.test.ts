import { describe, expect, it } from "vitest";
import { Member } from "../member.ts";
import { Rendezvous } from "./rendezvous.ts";
import { RoundRobin } from "./round-robin.ts";

const keys = Array.from({ length: 6000 }, (_, index) => `user-${index}`);

function rendezvous(weights: Readonly<Record<string, number>>) {
  const members = Object.entries(weights).map(
    ([id, weight]) => new Member({ id, weight }, Number.NEGATIVE_INFINITY, 0),
  );
  return new Rendezvous(members, new RoundRobin(members, 0));
}

const homes = (picker: ReturnType<typeof rendezvous>, exclude = new Set<string>()) =>
  keys.map((key) => picker.pick(0, { key, exclude })?.id);

const countOf = (ids: readonly (string | undefined)[], id: string) => ids.filter((other) => other === id).length;

describe("Rendezvous", () => {
  it("sends a key to one instance, whoever asks and in whatever order the instances are listed", () => {
    expect(homes(rendezvous({ a: 10, b: 10, c: 10 }))).toEqual(homes(rendezvous({ c: 10, b: 10, a: 10 })));
    expect(homes(rendezvous({ a: 10, b: 20, c: 30 }))).toEqual(homes(rendezvous({ c: 30, b: 20, a: 10 })));
  });

  it.each([
    [
      { a: 10, b: 10, c: 10 },
      { a: 2000, b: 2000, c: 2000 },
    ],
    [
      { a: 10, b: 20, c: 30 },
      { a: 1000, b: 2000, c: 3000 },
    ],
  ])("spreads 6,000 keys by the weights %j", (weights, expected) => {
    const found = homes(rendezvous(weights));
    // Four standard deviations of chance are at most 155.
    for (const [id, count] of Object.entries(expected)) expect(Math.abs(countOf(found, id) - count)).toBeLessThan(155);
  });

  it("moves only the keys of an instance that leaves, and those that a newcomer takes", () => {
    const [two, three] = [homes(rendezvous({ a: 10, c: 10 })), homes(rendezvous({ a: 10, b: 10, c: 10 }))];
    three.forEach((home, index) => expect(home === "b" ? two[index] : home).toBe(two[index]));
  });

  it("moves keys only to an instance whose weight grew", () => {
    const [before, after] = [homes(rendezvous({ a: 10, b: 10, c: 11 })), homes(rendezvous({ a: 10, b: 20, c: 11 }))];
    after.forEach((home, index) => expect(home === "b" ? before[index] : home).toBe(before[index]));
    expect(countOf(after, "b")).toBeGreaterThan(countOf(before, "b"));
  });

  it("sends a key whose home is excluded to where it would be if the home were gone", () => {
    const without = homes(rendezvous({ a: 10, c: 10 }));
    expect(homes(rendezvous({ a: 10, b: 10, c: 10 }), new Set("b"))).toEqual(without);
    expect(rendezvous({ a: 10 }).pick(0, { key: "k", exclude: new Set("a") })).toBeUndefined();
  });

  it("leaves requests without a key to another strategy", () => {
    const picker = rendezvous({ a: 10, b: 10 });
    expect([undefined, {}, { exclude: new Set<string>() }].map((request) => picker.pick(0, request)?.id)).toEqual([
      "a",
      "b",
      "a",
    ]);
  });
});
