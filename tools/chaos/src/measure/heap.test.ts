import { describe, expect, it } from "vitest";
import { heapAfterCollection, median } from "./heap.ts";

describe("heapAfterCollection", () => {
  it("counts what is held, and not what is garbage", async () => {
    const before = await heapAfterCollection();
    let held: object[] | undefined = Array.from({ length: 200_000 }, (_, i) => ({ i }));
    expect((await heapAfterCollection()) - before).toBeGreaterThan(2_000_000);
    expect(held).toHaveLength(200_000);
    held = undefined;
    expect((await heapAfterCollection()) - before).toBeLessThan(1_000_000);
  });
});

describe("median", () => {
  it.each([
    [[3], 3],
    [[9, 1, 5], 5],
    [[4, 1, 3, 2], 2],
  ])("of %j is %s", (numbers, middle) => {
    expect(median(numbers)).toBe(middle);
  });
});
