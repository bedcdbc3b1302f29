import { describe, expect, it } from "vitest";
import { InstanceRests } from "./instance-rests.ts";

describe("InstanceRests", () => {
  it("leaves an instance alone for as long as it asks, and by lot up to half as long again", () => {
    const rests = new InstanceRests();
    rests.rest("a", 100, 1000, 0);
    rests.rest("b", 100, 1000, 0.99);
    expect(rests.isResting("a", 1099)).toBe(true);
    expect(rests.isResting("a", 1100)).toBe(false);
    expect(rests.isResting("b", 1149)).toBe(true);
    expect(rests.isResting("b", 1150)).toBe(false);
    expect(rests.isResting("c", 1000)).toBe(false);
  });

  it("prolongs a rest and never cuts one short", () => {
    const rests = new InstanceRests({ jitter: 0 });
    rests.rest("a", 100, 0, 0);
    rests.rest("a", 10, 50, 0);
    expect(rests.leftMs("a", 50)).toBe(50);
    rests.rest("a", 100, 50, 0);
    expect(rests.leftMs("a", 50)).toBe(100);
    expect(rests.leftMs("a", 500)).toBe(0);
  });

  it("believes nobody who asks for longer than the bound", () => {
    const rests = new InstanceRests();
    rests.rest("a", Infinity, 0, 0.5);
    expect(rests.leftMs("a", 0)).toBe(10_000);
  });

  it.each([0, -1, Number.NaN])("takes %d for no wish at all", (retryAfterMs) => {
    const rests = new InstanceRests();
    rests.rest("a", retryAfterMs, 0, 0);
    expect(rests.isResting("a", 0)).toBe(false);
  });

  it("does not grow with instances that have left", () => {
    const rests = new InstanceRests({ jitter: 0 });
    for (let count = 0; count < 1000; count++) rests.rest(`i${count}`, 10, count, 0);
    expect(rests.size).toBeLessThanOrEqual(101);
    expect(rests.isResting("i999", 1000)).toBe(true);
  });

  it("forgets an instance that has left", () => {
    const rests = new InstanceRests();
    rests.rest("a", 100, 0, 0);
    rests.forget("a");
    expect(rests.isResting("a", 1)).toBe(false);
  });

  it.each([
    [{ jitter: 2 }, "jitter: expected a number in [0, 1], got 2"],
    [{ maxRestMs: 0 }, "maxRestMs: expected a number in [1, 600000], got 0"],
  ])("refuses %o", (options, message) => {
    expect(() => new InstanceRests(options)).toThrow(new RangeError(message));
  });
});
