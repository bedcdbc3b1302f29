import { describe, expect, it } from "vitest";
import { askedSide, sideHeader, withWriteEpoch, writeEpochHeader, writeEpochOf } from "./headers.ts";

describe("the header that asks for a side", () => {
  it.each([
    [undefined, undefined],
    [{}, undefined],
    [{ [sideHeader]: "candidate" }, "candidate"],
    [[["X-Banyan-Side", "legacy"]] satisfies [string, string][], "legacy"],
    [{ [sideHeader]: "Candidate" }, undefined],
    [{ [sideHeader]: "legacy, candidate" }, undefined],
  ])("of %j is %j", (header, side) => {
    expect(askedSide(header)).toBe(side);
  });
});

describe("the header that names the epoch", () => {
  it("is what the rule says, whatever the caller has sent", () => {
    const sent = { [writeEpochHeader]: "99", other: "stays" };
    expect([...new Headers(withWriteEpoch(sent, 3))]).toEqual([
      ["other", "stays"],
      [writeEpochHeader, "3"],
    ]);
    expect([...new Headers(withWriteEpoch(sent, 0))]).toEqual([["other", "stays"]]);
    expect(withWriteEpoch(undefined, 0)).toBeUndefined();
  });

  it.each([
    [undefined, 0],
    [0, 0],
    [3, 3],
    [Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
  ])("is read as it was written: %j", (epoch, read) => {
    const headers = new Headers(epoch === undefined ? undefined : withWriteEpoch({}, epoch));
    expect(writeEpochOf(headers)).toBe(read);
  });

  it.each(["", "-1", "1.5", "9007199254740992", "x", "12345678901234567"])("is refused when it is %j", (text) => {
    expect(() => writeEpochOf(new Headers({ [writeEpochHeader]: text }))).toThrow(RangeError);
  });
});
