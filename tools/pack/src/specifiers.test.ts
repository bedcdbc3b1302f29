import { describe, expect, it } from "vitest";
import { packageOf, specifiersOf, withCompiledSpecifiers } from "./specifiers.ts";

describe("specifiersOf", () => {
  it.each([
    ['import { a } from "one";', ["one"]],
    ['import "one"; import type { B } from "./two.ts";', ["one", "./two.ts"]],
    ['export { a } from "one"; export * from "./two.js";', ["one", "./two.js"]],
    ['const a = await import("one");', ["one"]],
    ['export declare const a: import("one").A<import("./two.ts").B>;', ["one", "./two.ts"]],
    ['declare module "one" { interface A {} }', ["one"]],
    ['const a = "import x from \\"one\\""; // import "two"', []],
  ])("finds what %s names", (text, expected) => {
    expect(specifiersOf("a.d.ts", text).map((specifier) => specifier.text)).toEqual(expected);
  });
});

describe("withCompiledSpecifiers", () => {
  it("names the compiled files, wherever a declaration names a source", () => {
    const text =
      'import { A } from "./a.ts";\nexport * from "../b/b.ts";\nexport declare const c: import("./c.ts").C;\n';
    expect(withCompiledSpecifiers("index.d.ts", text)).toBe(
      'import { A } from "./a.js";\nexport * from "../b/b.js";\nexport declare const c: import("./c.js").C;\n',
    );
  });

  it("leaves packages and everything else as it is", () => {
    const text = 'import { A } from "some-package/a.ts"; /** see "./a.ts" */ export declare const d: "./a.ts";\n';
    expect(withCompiledSpecifiers("index.d.ts", text)).toBe(text);
  });
});

describe("packageOf", () => {
  it.each([
    ["zod", "zod"],
    ["zod/mini", "zod"],
    ["@banyan/registry", "@banyan/registry"],
    ["@banyan/registry/testing", "@banyan/registry"],
  ])("%s is of %s", (specifier, name) => {
    expect(packageOf(specifier)).toBe(name);
  });
});
