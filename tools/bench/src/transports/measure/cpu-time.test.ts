import { describe, expect, it } from "vitest";
import { parseStat } from "./cpu-time.ts";

describe("parseStat", () => {
  it("adds utime and stime, whatever the program is called", () => {
    const stat = "4711 (a) b (c) S 1 4711 4711 0 -1 4194560 900 0 0 0 250 30 7 8 20 0 11 0 100 200 300";
    expect(parseStat(stat)).toBe(2_800_000);
  });
});
