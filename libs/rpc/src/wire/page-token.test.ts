import { InvalidInputError } from "@banyan/errors";
import { describe, expect, it } from "vitest";
import { decodePageToken, encodePageToken } from "./page-token.ts";

const token = encodePageToken("items", "apple");

describe("page tokens", () => {
  it.each(["a", "apple", "ä €\n🌳", "x".repeat(375)])("return the cursor they were made of: %j", (cursor) => {
    const made = encodePageToken("items", cursor);
    expect(made).toMatch(/^[A-Za-z0-9_-]{1,512}$/);
    expect(decodePageToken("items", made)).toBe(cursor);
  });

  it.each([
    ["of another list", encodePageToken("orders", "apple")],
    ["empty", ""],
    ["text", "2"],
    ["with another alphabet", `${token}==`],
    ["with a space", ` ${token}`],
    ["cut", token.slice(0, -4)],
    ["with a longer end", `${token}AAAA`],
    ["with another spelling of the same bytes", respelled(encodePageToken("items", "apple"))],
    ["without a cursor", encodePageToken("items", "a").slice(0, 12)],
    ["made of a cursor alone", Buffer.from("apple").toString("base64url")],
    ["of a megabyte", "A".repeat(1 << 20)],
    ["with U+0000", "\0"],
  ])("are refused by naming page_token: %s", (_, made) => {
    expect(() => decodePageToken("items", made)).toThrow(InvalidInputError);
    expect(() => decodePageToken("items", made)).toThrow(/^page_token: /);
  });

  it.each(["", "x".repeat(376), "€".repeat(126)])("are not made of an empty or an overlong cursor", (cursor) => {
    expect(() => encodePageToken("items", cursor)).toThrow(RangeError);
  });
});

/** The same bytes with the unused bits of the last character set. */
function respelled(made: string): string {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  const other = alphabet[alphabet.indexOf(made.at(-1) ?? "") + 1];
  const spelled = `${made.slice(0, -1)}${other}`;
  if (made.length % 4 === 0 || !Buffer.from(spelled, "base64url").equals(Buffer.from(made, "base64url"))) {
    throw new Error("expected a token with unused bits");
  }
  return spelled;
}
