import { describe, expect, it } from "vitest";
import { envelopeOf, singleMessage } from "./envelope.ts";

describe("envelopeOf and singleMessage", () => {
  it.each([0, 1, 16_384, 16_385, 70_000])("put a message of %i octets into its envelope, and take it out", (length) => {
    const message = Buffer.alloc(length, 7);
    const parts = envelopeOf(message, false);
    expect(parts).toHaveLength(length > 16_384 ? 2 : 1);
    expect(Buffer.from(singleMessage(Buffer.concat(parts)) ?? "")).toEqual(message);
  });

  it.each([
    ["half a head", [0, 0, 0, 0]],
    ["half a message", [0, 0, 0, 0, 2, 1]],
    ["more than a message", [0, 0, 0, 0, 1, 1, 1]],
    ["a message that is compressed", [1, 0, 0, 0, 1, 1]],
    ["a length above 2^31", [0, 0x80, 0, 0, 0]],
  ])("leave %s to others", (_, octets) => {
    expect(singleMessage(Buffer.from(octets))).toBeUndefined();
  });

  it("mark what is compressed", () => {
    expect(envelopeOf(Buffer.of(9), true)).toEqual([Buffer.from([1, 0, 0, 0, 1, 9])]);
  });
});
