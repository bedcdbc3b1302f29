import ts from "typescript";
import { describe, expect, it } from "vitest";
import { readCompositionRoot } from "./composition-root.ts";

function parse(text: string): ts.SourceFile {
  return ts.createSourceFile("main.ts", text, ts.ScriptTarget.Latest, true);
}

describe("readCompositionRoot", () => {
  it("finds the name announced, and those called, wherever they stand", () => {
    const text = `
      await using users = balancedTransport(registry.watch("user"), {});
      const split = splitTransport(legacy, balancedTransport(registry.watch("inventory"), {}), rule);
      registry.watchConfig("user");
      await using listing = registry.announce("order", server);`;
    expect(readCompositionRoot(parse(text))).toEqual({ announces: "order", calls: ["inventory", "user"] });
  });

  it("refuses a name that it cannot read", () => {
    const text = `registry.announce("order", server); registry.watch(name);`;
    expect(() => readCompositionRoot(parse(text))).toThrow("the name given to registry.watch is no literal");
  });

  it.each(["", `registry.announce("a", s); registry.announce("b", s);`])(
    "refuses %j: one name is announced",
    (text) => {
      expect(() => readCompositionRoot(parse(text))).toThrow("expected one registry.announce");
    },
  );
});
