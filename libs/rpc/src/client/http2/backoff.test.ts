import { describe, expect, it } from "vitest";
import { Backoff } from "./backoff.ts";

const refused = new Error("refused");

describe("Backoff", () => {
  it("lets dial until there was a failure, and again after a pause", () => {
    const backoff = new Backoff(() => 0.5);
    expect(backoff.reason(0)).toBeUndefined();
    backoff.failed(refused, 1000);
    expect([backoff.reason(1049), backoff.reason(1050)]).toEqual([refused, undefined]);
  });

  it("pauses longer after each failure, up to a second, a fifth more or less", () => {
    for (const [lot, factor] of [
      [0, 0.8],
      [0.5, 1],
    ] as const) {
      const backoff = new Backoff(() => lot);
      const pauses = [50, 80, 128, 204.8, 327.68, 524.288, 838.8608, 1000, 1000].map((ms) => ms * factor);
      for (const pause of pauses) {
        backoff.failed(refused, 0);
        expect([backoff.reason(pause - 0.01), backoff.reason(pause + 0.01)]).toEqual([refused, undefined]);
      }
    }
  });

  it("begins anew after a success", () => {
    const backoff = new Backoff(() => 0.5);
    for (let count = 0; count < 5; count++) backoff.failed(refused, 0);
    backoff.succeeded();
    expect(backoff.reason(0)).toBeUndefined();
    backoff.failed(refused, 0);
    expect(backoff.reason(51)).toBeUndefined();
  });
});
