import ts from "typescript";
import { describe, expect, it } from "vitest";
import { constantOf, constantsIn, numberOf } from "./source.ts";

describe("constantsIn", () => {
  it.each([
    ["const spreadMs = 1_000;", [1000]],
    ["const { spreadMs = 10_000, metrics } = options;", [10_000]],
    ["export const ttl = { spreadMs: 10 };", [10]],
    [`const spreadMs = "long";`, ["long"]],
    ["const spreadMs = other * 2;", []],
    ["", []],
  ])("reads %j", (text, expected) => {
    expect(constantsIn(ts.createSourceFile("a.ts", text, ts.ScriptTarget.Latest, true), "spreadMs")).toEqual(expected);
  });
});

describe("constantOf", () => {
  const path = "libs/registry/src/environment.ts";

  it("reads a file of the workspace", async () => {
    expect(await numberOf(path, "defaultSeconds")).toBeGreaterThan(0);
  });

  it("refuses a name that is no longer there", async () => {
    await expect(constantOf(path, "gone")).rejects.toThrow(`${path} has 0 constants called gone, expected one`);
  });
});
