import { describe, expect, it } from "vitest";
import { Truth } from "./truth.ts";

const first = { id: "a", address: "h:1" };
const namesake = { id: "a", address: "h:2" };

describe("the truth", () => {
  it("knows who is there by id and address, and remembers those who went", () => {
    const truth = new Truth();
    truth.arrive(first);
    expect(truth.isThere({ ...first })).toBe(true);
    expect(truth.isThere(namesake)).toBe(false);
    expect(truth.departureOf(namesake)).toBeUndefined();

    truth.leave(first, 5);
    expect(truth.present).toEqual([]);
    expect(truth.departureOf(first)).toEqual({ since: expect.any(Number), ttlSeconds: 5 });

    truth.arrive(first);
    expect(truth.departureOf(first)).toBeUndefined();
  });

  it("hides one without a departure: to list it is wrong from the start", () => {
    const truth = new Truth();
    truth.arrive(first);
    truth.hide(first);
    expect(truth.isThere(first)).toBe(false);
    expect(truth.departureOf(first)).toBeUndefined();
  });
});
