import { describe, expect, it } from "vitest";
import { roundRobin } from "./round-robin.ts";

const instances = ["a", "b", "c"].map((id) => ({ id, address: `${id}:1` }));
const none = new Set<string>();

describe("roundRobin", () => {
  it.each([
    [0, "abcabc"],
    [1, "bcabca"],
    [2, "cabcab"],
    [3, "abcabc"],
  ])("takes turns from instance %i on", (start, turns) => {
    const picker = roundRobin(instances, start);
    expect(Array.from(turns, () => picker.pick(none)?.id).join("")).toBe(turns);
  });

  it.each([
    [["a"], "bcbc"],
    [["a", "c"], "bbbb"],
    [["x"], "abca"],
  ])("passes over %j", (tried, turns) => {
    const picker = roundRobin(instances, 0);
    expect(Array.from(turns, () => picker.pick(new Set(tried))?.id).join("")).toBe(turns);
  });

  it("picks nothing when all were tried, or there is nobody", () => {
    expect(roundRobin(instances, 0).pick(new Set(["a", "b", "c"]))).toBeUndefined();
    expect(roundRobin([], 0).pick(none)).toBeUndefined();
  });
});
