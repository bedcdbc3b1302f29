import { Readable } from "node:stream";
import { describe, expect, it } from "vitest";
import type { Child } from "../child-process.ts";
import { comparison } from "./comparison.ts";
import type { Contender, Sample } from "./rounds.ts";

const caller: Child = {
  stdout: Readable.from([]),
  send: () => undefined,
  next: () => Promise.reject(new Error("nothing is asked of it")),
  [Symbol.asyncDispose]: async () => undefined,
};
const contender = (words: string): Contender => ({ words, caller, way: words, servers: [] });
const base = contender("base");
const other = contender("other");

function sample(callsPerSecond: number, callerMicros: number): Sample {
  return { callsPerSecond, callerMicros, serverMicros: 2 * callerMicros, requests: 1, refused: 0.5 };
}

describe("comparison", () => {
  // The third round met a busy machine: it slows both, and is no outlier of the differences.
  const samples = new Map([
    [base, [sample(1000, 100), sample(1000, 110), sample(100, 900)]],
    [other, [sample(900, 103), sample(800, 113), sample(90, 904)]],
  ]);

  it("takes differences within a round, and their median", () => {
    expect(comparison(samples, other, base, "callerMicros")).toEqual({
      callsPerSecond: 800,
      speed: 0.9,
      micros: 113,
      extraMicros: 3,
      requests: 1,
      refusedPercent: 50,
    });
    expect(comparison(samples, other, base, "serverMicros")).toMatchObject({ micros: 226, extraMicros: 6 });
  });

  it("of one with itself finds nothing", () => {
    expect(comparison(samples, base, base, "callerMicros")).toMatchObject({ speed: 1, extraMicros: 0 });
  });

  it("refuses to speak of a contender that was not measured", () => {
    expect(() => comparison(new Map(), other, base, "callerMicros")).toThrow("nothing was measured");
  });
});
