import { describe, expect, it } from "vitest";
import { cut, formatTable, printable } from "./table.ts";

describe("formatTable", () => {
  it("makes columns as wide as their widest cell, and no trailing spaces", () => {
    expect(formatTable([["id", "address"], ["instance-1", "a:1"], ["b"]])).toEqual([
      "id          address",
      "instance-1  a:1",
      "b",
    ]);
    expect(formatTable([])).toEqual([]);
  });

  it("cuts a cell of more than 100 characters", () => {
    expect(formatTable([["x".repeat(100)], ["x".repeat(101)]])).toEqual(["x".repeat(100), `${"x".repeat(99)}…`]);
  });

  it("lets no cell steer the terminal", () => {
    expect(formatTable([["a\u001B[31m", "b"]])).toEqual(["a\\u{1b}[31m  b"]);
  });
});

describe("printable", () => {
  it.each([
    ["plain – text…", "plain – text…"],
    ["two\nlines", "two\\u{a}lines"],
    ["\u001B]0;title\u0007", "\\u{1b}]0;title\\u{7}"],
    ["\u009B2J", "\\u{9b}2J"],
    ["right\u202Eleft", "right\\u{202e}left"],
    ["\u2028", "\\u{2028}"],
    ["\uD800", "\\u{d800}"],
  ])("shows %j as %j", (text, shown) => {
    expect(printable(text)).toBe(shown);
  });
});

describe("cut", () => {
  it.each([
    ["abc", 3, "abc"],
    ["abcd", 3, "ab…"],
    ["abc", 1, "…"],
    ["", 0, ""],
  ])("%j to %i characters is %j", (text, length, shown) => {
    expect(cut(text, length)).toBe(shown);
  });
});
