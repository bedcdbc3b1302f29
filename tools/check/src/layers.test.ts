import { describe, expect, it } from "vitest";
import { checkLayers, type Edge } from "./layers.ts";
import { fixture, manifest } from "./testing/fixture.ts";
import { describeViolation } from "./violation.ts";

/** One project of each kind, in which nothing is wrong. */
const sound = {
  "libs/stubs/money/package.json": manifest("@banyan/stubs-money", "contract"),
  "libs/stubs/user/package.json": manifest("@banyan/stubs-user", "contract"),
  "libs/errors/package.json": manifest("@banyan/errors", "leaf"),
  "libs/service/package.json": manifest("@banyan/service", "leaf"),
  "libs/rpc/package.json": manifest("@banyan/rpc", "rpc"),
  "tools/dev/package.json": manifest("@banyan/dev", "tool"),
  "tools/check/package.json": manifest("@banyan/check", "tool"),
  "apps/user-service/package.json": manifest("@banyan/user-service", "app"),
  "apps/order-service/package.json": manifest("@banyan/order-service", "app"),
  "apps/e2e/package.json": manifest("@banyan/e2e", "app"),
};

function found(files: Readonly<Record<string, string | object>>, edges: readonly Edge[] = []): string[] {
  return checkLayers(fixture({ ...sound, ...files }), edges).map(({ rule, ...place }) => {
    return `${rule} ${describeViolation({ rule, ...place })}`;
  });
}

describe("layers", () => {
  it("lets a project import lower layers, in every spelling", () => {
    const text = `
      import { a } from "@banyan/errors";
      export * from "@banyan/stubs-user";
      const b = await import("@banyan/stubs-money/money/v1/money_pb.js");
      export type C = import("@banyan/errors").C;
    `;
    expect(found({ "libs/rpc/src/index.ts": text })).toEqual([]);
  });

  it("refuses an import of a higher layer, at its line", () => {
    const text = `import { a } from "./a.ts";\nimport { serve } from "@banyan/rpc";\n`;
    expect(found({ "libs/errors/src/index.ts": text })).toEqual([
      "layers/upward libs/errors/src/index.ts:2 @banyan/errors must not import @banyan/rpc: rpc is above leaf; take what you need of it as a function",
    ]);
  });

  it.each([
    ["a type alone", `import type { A } from "@banyan/rpc";`],
    ["an import type", `export type A = import("@banyan/rpc").A;`],
    ["a re-export", `export { a } from "@banyan/rpc";`],
    ["a dynamic import", `await import("@banyan/rpc");`],
    ["a require", `const rpc = require("@banyan/rpc");`],
    ["a subpath", `import "@banyan/rpc/server";`],
    ["a relative path into the other project", `import "../../rpc/src/index.ts";`],
    ["a test", `import "@banyan/rpc";`],
  ])("refuses %s of a higher layer", (kind, text) => {
    const path = kind === "a test" ? "libs/errors/src/a.test.ts" : "libs/errors/src/a.ts";
    expect(found({ [path]: text })).toEqual([expect.stringContaining(`layers/upward ${path}:1 `)]);
  });

  it("does not take a string or a comment for an import", () => {
    expect(
      found({ "libs/errors/src/a.ts": `// import "@banyan/rpc";\nexport const a = 'import "@banyan/rpc"';` }),
    ).toEqual([]);
  });

  it("refuses a neighbour", () => {
    expect(found({ "libs/errors/src/a.ts": `import "@banyan/service";` })).toEqual([
      expect.stringContaining("layers/neighbour libs/errors/src/a.ts:1 @banyan/errors must not import @banyan/service"),
    ]);
    expect(found({ "apps/order-service/src/a.ts": `import "../../user-service/src/main.ts";` })).toEqual([
      expect.stringContaining("layers/neighbour apps/order-service/src/a.ts:1 "),
    ]);
  });

  it("lets a contract import money, and no other contract", () => {
    expect(found({ "libs/stubs/user/src/gen/a.ts": `import "@banyan/stubs-money";` })).toEqual([]);
    expect(found({ "libs/stubs/money/src/gen/a.ts": `import "@banyan/stubs-user";` })).toEqual([
      expect.stringContaining("layers/neighbour"),
    ]);
  });

  it("refuses a dependency that only a package.json declares", () => {
    const declaring = {
      "libs/errors/package.json": manifest("@banyan/errors", "leaf", { production: ["@banyan/rpc"] }),
    };
    expect(found(declaring)).toEqual([expect.stringContaining("layers/upward libs/errors/package.json:4 ")]);
  });

  it("refuses an edge that only the Nx graph knows of", () => {
    expect(found({}, [{ from: "@banyan/errors", to: "@banyan/rpc" }])).toEqual([
      expect.stringContaining("layers/upward libs/errors/package.json @banyan/errors must not import @banyan/rpc"),
    ]);
  });

  it("lets tests import @banyan/dev, and no production source", () => {
    const text = `import "@banyan/dev";`;
    expect(
      found({
        "libs/rpc/src/a.test.ts": text,
        "libs/rpc/vitest.config.ts": text,
        "libs/rpc/src/testing/etcd.ts": text,
        "libs/errors/package.json": manifest("@banyan/errors", "leaf", { tests: ["@banyan/dev"] }),
      }),
    ).toEqual([]);
    expect(found({ "libs/rpc/src/a.ts": text })).toEqual([expect.stringContaining("layers/tool libs/rpc/src/a.ts:1 ")]);
    expect(
      found({ "libs/errors/package.json": manifest("@banyan/errors", "leaf", { production: ["@banyan/dev"] }) }),
    ).toEqual([expect.stringContaining("layers/tool libs/errors/package.json:4 ")]);
  });

  it("lets nobody import another tool, tests included", () => {
    expect(found({ "libs/rpc/src/a.test.ts": `import "@banyan/check";` })).toEqual([
      expect.stringContaining("layers/tool"),
    ]);
  });

  it("lets a tool import libs and @banyan/dev, and no app", () => {
    expect(found({ "tools/check/src/a.ts": `import "@banyan/rpc"; import "@banyan/dev";` })).toEqual([]);
    expect(found({ "tools/check/src/a.ts": `import "@banyan/user-service";` })).toEqual([
      expect.stringContaining("layers/tool"),
    ]);
  });

  it("lets @banyan/dev import nothing of ours", () => {
    expect(found({ "tools/dev/src/a.ts": `import "@banyan/errors";` })).toEqual([
      expect.stringContaining("layers/dev"),
    ]);
  });

  it("lets e2e import contracts and @banyan/dev, and nothing else", () => {
    expect(found({ "apps/e2e/src/a.ts": `import "@banyan/stubs-user"; import "@banyan/dev";` })).toEqual([]);
    expect(found({ "apps/e2e/src/a.ts": `import "@banyan/rpc";` })).toEqual([expect.stringContaining("layers/e2e")]);
    expect(found({ "apps/e2e/src/a.test.ts": `import "../../user-service/src/config.ts";` })).toEqual([
      expect.stringContaining("layers/e2e"),
    ]);
  });

  it.each([
    ["no tag", []],
    ["two tags", ["layer:leaf", "layer:rpc"]],
    ["a tag of no layer", ["layer:attic"]],
  ])("refuses a project with %s", (_, tags) => {
    expect(found({ "libs/errors/package.json": { name: "@banyan/errors", nx: { tags } } })).toEqual([
      expect.stringContaining("layers/tag libs/errors/package.json must carry exactly one tag"),
    ]);
  });
});
