import { describe, expect, it } from "vitest";
import { hashPair, hashText } from "./hash.ts";

describe("hashText", () => {
  it.each([
    ["", 2_872_998_923],
    ["a", 444_641_715],
    ["instance-1", 1_013_017_224],
    ["zürich", 2_976_491_016],
  ])("gives %j the same number in every process and version", (text, hash) => {
    expect(hashText(text)).toBe(hash);
  });
});

describe("hashPair", () => {
  it("spreads texts that differ only at their ends evenly", () => {
    const buckets = Array.from({ length: 16 }, () => 0);
    for (let index = 0; index < 16_000; index++) {
      const bucket = hashPair(hashText(`instance-${index}`), hashText("client-1")) >>> 28;
      buckets[bucket] = (buckets[bucket] ?? 0) + 1;
    }
    // 1,000 each; four standard deviations of chance are 122.
    expect(Math.min(...buckets)).toBeGreaterThan(878);
    expect(Math.max(...buckets)).toBeLessThan(1122);
  });

  it("depends on the order of the two", () => {
    expect(hashPair(1, 2)).not.toBe(hashPair(2, 1));
  });
});
