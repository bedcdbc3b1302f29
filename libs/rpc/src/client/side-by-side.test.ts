import { describe, expect, it } from "vitest";
import { SideBySide } from "./side-by-side.ts";

describe("SideBySide", () => {
  it("gives what has ended in the order in which it did", async () => {
    const [slow, quick] = [Promise.withResolvers<{ name: string }>(), Promise.withResolvers<{ name: string }>()];
    const works = new SideBySide([slow.promise]);
    works.add(quick.promise);
    quick.resolve({ name: "quick" });
    expect(await works.next(undefined)).toEqual({ name: "quick" });
    expect(works.size).toBe(1);
    slow.resolve({ name: "slow" });
    expect(await works.next(60_000)).toEqual({ name: "slow" });
    expect(works.size).toBe(0);
  });

  it("keeps what ended while nobody waited", async () => {
    const works = new SideBySide([Promise.resolve({ name: "a" }), Promise.resolve({ name: "b" })]);
    await new Promise((resolve) => setImmediate(resolve));
    expect([await works.next(0), await works.next(0)]).toEqual([{ name: "a" }, { name: "b" }]);
  });

  it("gives nothing when the time is over, and the work later", async () => {
    const { promise, resolve } = Promise.withResolvers<{ name: string }>();
    const works = new SideBySide([promise]);
    expect(await works.next(1)).toBeUndefined();
    expect(works.size).toBe(1);
    resolve({ name: "late" });
    expect(await works.next(undefined)).toEqual({ name: "late" });
  });

  it("takes what was there to be read when the loop was held up for longer than the time", async () => {
    await new Promise((resolve) => setImmediate(resolve)); // from here on timers come before the next immediate
    const works = new SideBySide([new Promise<{ name: string }>((resolve) => setImmediate(resolve, { name: "read" }))]);
    const next = works.next(1);
    const end = performance.now() + 10;
    while (performance.now() < end);
    expect(await next).toEqual({ name: "read" });
  });
});
