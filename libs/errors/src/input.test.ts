import { describe, expect, it } from "vitest";
import { z } from "zod";
import { distinctList, id, InvalidInputError, pageSize, parseInput, quantity, text } from "./input.ts";

const order = z.object({
  userId: id(),
  note: text({ max: 5 }),
  lines: z.array(z.object({ sku: text({ max: 64 }), quantity: quantity() })),
});

function violationsOf(value: unknown) {
  try {
    parseInput(order, value);
  } catch (error) {
    if (error instanceof InvalidInputError) return error.violations;
    throw error;
  }
  return [];
}

const valid = { userId: "0190163d-8694-739b-aea5-966c26f8ad91", note: "fine", lines: [{ sku: "a", quantity: 1 }] };

describe("parseInput", () => {
  it("returns what it has read", () => {
    expect(parseInput(order, valid)).toEqual(valid);
  });

  it("names every wrong field as the contract spells it", () => {
    expect(violationsOf({ userId: "7", note: "", lines: [valid.lines[0], { sku: "", quantity: 0 }] })).toEqual([
      { field: "user_id", description: "must be a UUID" },
      { field: "note", description: "must not be empty" },
      { field: "lines[1].sku", description: "must not be empty" },
      { field: "lines[1].quantity", description: "must be in [1, 1000000]" },
    ]);
  });

  it("names at most 20 fields", () => {
    expect(
      violationsOf({ ...valid, lines: Array.from({ length: 1000 }, () => ({ sku: "", quantity: 1 })) }),
    ).toHaveLength(20);
  });

  it("never repeats what was sent", () => {
    expect(JSON.stringify(violationsOf({ ...valid, note: "secret note" }))).not.toContain("secret");
  });
});

describe("text", () => {
  it.each([
    ["an empty string", "", "must not be empty"],
    ["a character too many", "123456", "must have at most 5 characters"],
    ["U+FFFD", "a\uFFFDb", "must not contain U+FFFD"],
    ["U+0000", "a\0b", "must not contain U+0000"],
    ["a megabyte", "x".repeat(1 << 20), "must have at most 5 characters"],
  ])("refuses %s", (_, note, description) => {
    expect(violationsOf({ ...valid, note })).toEqual([{ field: "note", description }]);
  });

  it("counts characters, not UTF-16 units", () => {
    expect(violationsOf({ ...valid, note: "🌳🌳🌳🌳🌳" })).toEqual([]);
    expect(violationsOf({ ...valid, note: "🌳🌳🌳🌳🌳🌳" })).toHaveLength(1);
  });
});

describe("id", () => {
  it("answers in lower case", () => {
    expect(parseInput(order, { ...valid, userId: valid.userId.toUpperCase() }).userId).toBe(valid.userId);
  });
});

describe("quantity", () => {
  it.each([1, 1_000_000])("takes %d", (quantity) => {
    expect(violationsOf({ ...valid, lines: [{ sku: "a", quantity }] })).toEqual([]);
  });

  it.each([-1, 0, 1_000_001, 1.5, Number.NaN])("refuses %d", (quantity) => {
    expect(violationsOf({ ...valid, lines: [{ sku: "a", quantity }] })).toEqual([
      { field: "lines[0].quantity", description: "must be in [1, 1000000]" },
    ]);
  });
});

describe("distinctList", () => {
  const tags = distinctList(z.object({ tag: text({ max: 9 }) }), { key: "tag", max: 3 });
  const list = (...names: string[]) => names.map((tag) => ({ tag }));

  it("answers the elements by key", () => {
    expect(parseInput(tags, list("b", "a", "B"))).toEqual(list("B", "a", "b"));
  });

  it.each([
    ["none", list(), "must have 1 to 3 elements"],
    ["one too many", list("a", "b", "c", "d"), "must have 1 to 3 elements"],
    ["one twice", list("a", "b", "a"), "[2].tag: must not be there twice"],
  ])("refuses %s", (_, value, message) => {
    expect(() => parseInput(tags, value)).toThrow(message);
  });
});

describe("pageSize", () => {
  it("takes 0 for the default", () => {
    expect(parseInput(pageSize(), 0)).toBe(50);
    expect(parseInput(pageSize(), 1000)).toBe(1000);
  });

  it.each([-1, 1001])("refuses %d", (size) => {
    expect(() => parseInput(pageSize(), size)).toThrow("must be in [0, 1000]");
  });
});
