import ts from "typescript";
import { describe, expect, it } from "vitest";
import { findSkipReason } from "./skip-reason.ts";

describe("findSkipReason", () => {
  const parse = (text: string): ts.SourceFile => ts.createSourceFile("a.test.ts", text, ts.ScriptTarget.Latest, true);
  const source = parse(`
      it("first", (context) => { context.skip("always"); });
      describe("b", () => {
        it("second", async ({ skip }) => { skip(process.getuid() === 0, "root may do anything"); });
        it("third", () => {});
        it("fourth", (context) => { context.skip(); });
      });
  `);

  it.each([
    ["first", "always"],
    ["second", "root may do anything"],
    ["third", undefined],
    ["fourth", undefined],
    ["not there", undefined],
  ])("of the test %s is %s", (title, reason) => {
    expect(findSkipReason(source, title)).toBe(reason);
  });

  it("is looked for in beforeEach, for tests that share it or are named as they run", () => {
    const shared = parse(`
      beforeEach((context) => { context.skip(missing, "curl is not installed"); });
      it.each(versions)("posts with %s", () => {});
    `);
    expect(findSkipReason(shared, "posts with --http2")).toBe("curl is not installed");
  });
});
