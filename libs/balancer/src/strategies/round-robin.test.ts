import { describe, expect, it } from "vitest";
import { Member } from "../member.ts";
import { RoundRobin } from "./round-robin.ts";

const membersOf = (ids: string) => Array.from(ids, (id) => new Member({ id }, Number.NEGATIVE_INFINITY, 0));

describe("RoundRobin", () => {
  it.each([
    [0, "abcabc"],
    [0.34, "bcabca"],
    [0.67, "cabcab"],
    [1 - Number.EPSILON, "cabcab"],
  ])("takes turns from %d on", (start, turns) => {
    const picker = new RoundRobin(membersOf("abc"), start);
    expect(Array.from(turns, () => picker.pick(0, undefined)?.id).join("")).toBe(turns);
  });

  it.each([
    [["a"], "bcbc"],
    [["a", "c"], "bbbb"],
    [["x"], "abca"],
  ])("passes over %j", (excluded, turns) => {
    const picker = new RoundRobin(membersOf("abc"), 0);
    const request = { exclude: new Set(excluded) };
    expect(Array.from(turns, () => picker.pick(0, request)?.id).join("")).toBe(turns);
  });

  it("picks nobody when all are excluded, or there is nobody", () => {
    expect(new RoundRobin(membersOf("abc"), 0).pick(0, { exclude: new Set("abc") })).toBeUndefined();
    expect(new RoundRobin([], 0).pick(0, undefined)).toBeUndefined();
  });
});
