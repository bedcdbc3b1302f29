import type { DescMethod, JsonObject } from "@bufbuild/protobuf";

/** A request that can never be right. */
export interface BadInput {
  /** What is wrong with it. */
  readonly what: string;
  readonly method: DescMethod;
  readonly request: JsonObject;
  /** Every wrong field, as the contract spells it. */
  readonly fields: readonly string[];
}

/** Strings that no required text may be. */
export const badTexts: readonly (readonly [what: string, text: string])[] = [
  ["empty", ""],
  ["with U+FFFD", "a\uFFFDb"],
  ["with U+0000", "a\0b"],
];

/** Strings that are no UUIDs. */
export const badIds: readonly (readonly [what: string, text: string])[] = [
  ["empty", ""],
  ["a word", "not-a-uuid"],
  ["a number", "42"],
  ["without dashes", "0192f3c47b1a7c3e9a4d1f2e3b4c5d6e"],
  ["with a line break behind it", "0192f3c4-7b1a-7c3e-9a4d-1f2e3b4c5d6e\n"],
  ["with a letter too many", "0192f3c4-7b1a-7c3e-9a4d-1f2e3b4c5d6ef"],
  ["with U+FFFD", "0192f3c4-7b1a-7c3e-9a4d-1f2e3b4c5d6\uFFFD"],
  ["an injection", "' or 1=1 --"],
  ["a megabyte", "0".repeat(1_000_000)],
];

/** Strings that are no skus. */
export const badSkus: readonly (readonly [what: string, text: string])[] = [
  ...badTexts,
  ["a blank", " "],
  ["with a blank in it", "a b"],
  ["with a dash first", "-apple"],
  ["with an umlaut", "äpfel"],
  ["with a slash", "a/b"],
  ["of 65 characters", "a".repeat(65)],
];

/** Numbers that are no quantities. */
export const badQuantities = [0, -1, 1_000_001, 2_147_483_647, -2_147_483_648];

/** Numbers that are no sizes of pages. */
export const badPageSizes = [-1, 1001, 2_147_483_647, -2_147_483_648];

/** Strings that no server has made. */
export const badPageTokens: readonly (readonly [what: string, text: string])[] = [
  ["a number", "10"],
  ["a word", "made-up"],
  ["base64 of what looks like a cursor", Buffer.from(JSON.stringify({ offset: 10 })).toString("base64url")],
  ["with U+FFFD", "\uFFFD"],
  ["a megabyte", "A".repeat(1_000_000)],
];
