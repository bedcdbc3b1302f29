import { describe, expect, it } from "vitest";
import { checkLayout } from "./layout.ts";
import { fixture, manifest } from "./testing/fixture.ts";
import { describeViolation } from "./violation.ts";

const sound: Readonly<Record<string, string | object>> = {
  "package.json": { name: "fixture", devDependencies: { vitest: "1.0.0", typescript: "1.0.0" } },
  "README.md": "",
  "libs/errors/package.json": manifest("@banyan/errors", "leaf", { production: ["zod"] }),
  "libs/errors/README.md": "",
  "libs/errors/vitest.config.ts": "",
  "libs/errors/src/index.ts": `export * from "./domain-error.ts";`,
  "libs/errors/src/domain-error.ts": `import { z } from "zod/mini";\nimport { ok } from "node:assert";`,
  "libs/errors/src/domain-error.test.ts": `import { it } from "vitest";`,
  "libs/stubs/user/package.json": manifest("@banyan/stubs-user", "contract"),
  "libs/stubs/user/src/gen/user/v1/user_pb.ts": "",
};

function found(files: Readonly<Record<string, string | object>>, without: string = ""): string[] {
  const { [without]: _left, ...rest } = sound;
  return checkLayout(fixture({ ...rest, ...files })).map(describeViolation);
}

describe("layout", () => {
  it("finds nothing in a sound tree", () => {
    expect(found({ ".github/workflows/ci.yml": "", "docs/errors.md": "", "k8s/user/a.yaml": "" })).toEqual([]);
  });

  it("refuses a top-level folder that the layout does not have", () => {
    expect(found({ "scripts/a.sh": "" })).toEqual([expect.stringMatching(/^scripts\/ is no folder of the layout/)]);
  });

  it.each(["libs/errors/README.md", "libs/errors/src/index.ts"])("misses %s", (path) => {
    expect(found({}, path)).toEqual([expect.stringContaining(`${path} is missing: a lib`)]);
  });

  it.each([
    "libs/errors/src/util.ts",
    "libs/errors/src/utils/a.ts",
    "libs/errors/src/common.ts",
    "libs/errors/src/test-helpers.ts",
    "libs/errors/src/session-manager.ts",
    "docs/misc/a.md",
    "proto/shared/v1/shared.proto",
  ])("refuses a name that says nothing: %s", (path) => {
    expect(found({ [path]: "" })).toEqual([expect.stringContaining(`${path} "`)]);
  });

  it.each(["libs/errors/src/domainError.ts", "libs/errors/src/Domain.ts", "libs/errors/src/in_put/a.ts"])(
    "refuses a name that is not kebab-case: %s",
    (path) => {
      expect(found({ [path]: "" })).toEqual([expect.stringContaining("is not kebab-case")]);
    },
  );

  it.each(["process.exit(1)", "const { exit } = process;", `import { exit } from "node:process";`, "process.abort()"])(
    "refuses to end the process: %s",
    (code) => {
      expect(found({ "libs/errors/src/a.ts": code })).toEqual([
        expect.stringContaining("libs/errors/src/a.ts:1 must not use process."),
      ]);
      expect(found({ "libs/errors/src/a.test.ts": code })).toHaveLength(1);
    },
  );

  it("lets run()'s last resort end it, and anything set process.exitCode", () => {
    expect(
      found({
        "libs/service/package.json": manifest("@banyan/service", "leaf"),
        "libs/service/README.md": "",
        "libs/service/src/index.ts": "process.exitCode = 1;",
        "libs/service/src/run.ts": "process.exit(1);",
      }),
    ).toEqual([]);
  });

  it.each([
    "it.only",
    "it.skip",
    "test.todo",
    "describe.skip",
    "it.skipIf",
    "describe.runIf",
    "it.fails",
    "it.concurrent.only",
  ])("refuses %s", (modifier) => {
    expect(found({ "libs/errors/src/a.test.ts": `\n${modifier}("a", () => {});` })).toEqual([
      expect.stringMatching(/a\.test\.ts:2 must not use (it|test|describe)\.\w+: /),
    ]);
  });

  it("lets a test skip itself and say why", () => {
    const text = `it("a", (context) => { context.skip(true, "no fsync here"); });`;
    expect(found({ "libs/errors/src/a.test.ts": text })).toEqual([]);
  });
});

describe("tests that nothing runs", () => {
  it("are refused where vitest has no configuration to find them by", () => {
    expect(found({}, "libs/errors/vitest.config.ts")).toEqual([
      "libs/errors/src/domain-error.test.ts is a test that nothing runs: libs/errors has no vitest.config.ts",
    ]);
    expect(found({ "libs/errors/src/all.long.ts": "" })).toEqual([
      "libs/errors/src/all.long.ts is a test that nothing runs: libs/errors has no vitest.long.config.ts",
    ]);
  });

  it("are not those that only the long suite runs", () => {
    const long = { "libs/errors/vitest.long.config.ts": "", "libs/errors/src/all.long.ts": "" };
    expect(found(long, "libs/errors/vitest.config.ts")).toEqual([]);
  });
});

describe("declared dependencies", () => {
  const rpc = (dependencies: Parameters<typeof manifest>[2]): Record<string, string | object> => ({
    "libs/rpc/package.json": manifest("@banyan/rpc", "rpc", dependencies),
    "libs/rpc/README.md": "",
    "libs/rpc/vitest.config.ts": "",
    "libs/rpc/src/index.ts": "",
  });

  it("refuses an import that production does not declare", () => {
    expect(found({ ...rpc({}), "libs/rpc/src/a.ts": `\nimport "@banyan/errors";` })).toEqual([
      "libs/rpc/src/a.ts:2 imports @banyan/errors: add it to dependencies of libs/rpc/package.json",
    ]);
    expect(found({ ...rpc({ tests: ["@banyan/errors"] }), "libs/rpc/src/a.ts": `import "@banyan/errors";` })).toEqual([
      "libs/rpc/src/a.ts:1 imports @banyan/errors: add it to dependencies of libs/rpc/package.json",
    ]);
  });

  it("refuses a test an import that nothing declares", () => {
    expect(found({ ...rpc({}), "libs/rpc/src/a.test.ts": `import "@grpc/grpc-js";` })).toEqual([
      "libs/rpc/src/a.test.ts:1 imports @grpc/grpc-js: add it to devDependencies of libs/rpc/package.json",
    ]);
  });

  it("refuses production the toolchain of the root", () => {
    expect(found({ ...rpc({}), "libs/rpc/src/a.ts": `import "vitest";` })).toHaveLength(1);
  });

  it("refuses a declared project that nothing imports", () => {
    expect(found(rpc({ production: ["@banyan/errors"] }))).toEqual([
      expect.stringContaining(
        "libs/rpc/package.json:4 declares @banyan/errors in dependencies, and nothing in production",
      ),
    ]);
    expect(found(rpc({ tests: ["@banyan/errors"] }))).toEqual([
      expect.stringContaining("declares @banyan/errors in devDependencies, and nothing here imports it"),
    ]);
  });

  it("refuses a dependency of production that only tests import", () => {
    const files = { ...rpc({ production: ["@banyan/errors"] }), "libs/rpc/src/a.test.ts": `import "@banyan/errors";` };
    expect(found(files)).toHaveLength(1);
  });
});
