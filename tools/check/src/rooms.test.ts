import { describe, expect, it } from "vitest";
import { checkRooms } from "./rooms.ts";
import { fixture, manifest } from "./testing/fixture.ts";
import { describeViolation } from "./violation.ts";

const app = "apps/order-service";

/** A service in which nothing is wrong. */
const sound: Readonly<Record<string, string | object>> = {
  [`${app}/package.json`]: manifest("@banyan/order-service", "app"),
  [`${app}/migrations/0001_orders.sql`]: "create table orders ();",
  [`${app}/src/main.ts`]: `import { readConfig } from "./config.ts";\nreadConfig(process.env);\n`,
  [`${app}/src/config.ts`]: `export function readConfig(env: object): object { return env; }\n`,
  [`${app}/src/domain/order.ts`]: `import { z } from "zod";\nexport const at = (now: () => number) => new Date(now());\n`,
  [`${app}/src/rpc/routes.ts`]: `import "@connectrpc/connect";\nimport "../domain/order.ts";\n`,
  [`${app}/src/storage/orders.ts`]: `import "@banyan/postgres";\nimport "../domain/order.ts";\n`,
};

function found(files: Readonly<Record<string, string | object>>, without: string = ""): string[] {
  const { [without]: _left, ...rest } = sound;
  return checkRooms(fixture({ ...rest, ...files })).map(describeViolation);
}

describe("rooms", () => {
  it("finds nothing in a sound service", () => {
    expect(found({})).toEqual([]);
  });

  it("names the place, the import, and where it belongs", () => {
    expect(found({ [`${app}/src/domain/order.ts`]: `\n\nimport pg from "pg";\n` })).toEqual([
      "apps/order-service/src/domain/order.ts:3 domain must not import pg: SQL lives in src/storage",
    ]);
  });

  it.each([
    ["domain", "@connectrpc/connect"],
    ["domain", "@connectrpc/connect-node"],
    ["domain", "@bufbuild/protobuf"],
    ["domain", "@banyan/stubs-order"],
    ["domain", "@banyan/rpc"],
    ["domain", "@banyan/registry"],
    ["domain", "@banyan/postgres"],
    ["domain", "node:http2"],
    ["domain", "node:perf_hooks"],
    ["domain", "../rpc/routes.ts"],
    ["domain", "../storage/orders.ts"],
    ["domain", "../clients/users.ts"],
    ["domain", "../config.ts"],
    ["rpc", "pg"],
    ["rpc", "@banyan/postgres"],
    ["rpc", "../storage/orders.ts"],
    ["storage", "@connectrpc/connect"],
    ["storage", "@banyan/stubs-order"],
    ["storage", "@banyan/rpc"],
    ["storage", "../rpc/routes.ts"],
    ["clients", "@banyan/postgres"],
    ["clients", "../storage/orders.ts"],
  ])("refuses %s the import of %s", (room, specifier) => {
    expect(found({ [`${app}/src/${room}/a.ts`]: `import type { A } from "${specifier}";` })).toEqual([
      expect.stringContaining(`${app}/src/${room}/a.ts:1 ${room} must not import ${specifier}: `),
    ]);
  });

  it.each([
    "Date.now()",
    "const now = Date.now",
    "new Date()",
    "Date()",
    "globalThis.Date.now()",
    "performance.now()",
    "process.hrtime.bigint()",
    "Temporal.Now.instant()",
  ])("refuses the domain a clock: %s", (code) => {
    expect(found({ [`${app}/src/domain/a.ts`]: code })).toEqual([
      expect.stringMatching(/a\.ts:1 domain must not use .*: the clock is handed in by src\/main\.ts$/),
    ]);
  });

  it.each(["process.env.PORT", `process["env"]`, "const { env } = process", `import { env } from "node:process"`])(
    "refuses the environment to everything but main.ts: %s",
    (code) => {
      expect(found({ [`${app}/src/domain/a.ts`]: code })).toEqual([
        expect.stringContaining("a.ts:1 domain must not use process.env: src/config.ts reads the environment"),
      ]);
      expect(found({ [`${app}/src/config.ts`]: code })).toEqual([
        expect.stringContaining("config.ts:1 must not use process.env: an app spells process.env once"),
      ]);
    },
  );

  it("refuses a second process.env in main.ts, and wants the first", () => {
    expect(found({ [`${app}/src/main.ts`]: "a(process.env);\nb(process.env);\n" })).toEqual([
      expect.stringContaining("main.ts:2 must not use process.env"),
    ]);
    expect(found({ [`${app}/src/main.ts`]: "a();\n" })).toEqual([
      expect.stringContaining("main.ts must use process.env"),
    ]);
  });

  it("lets tests use the clock, the environment and other rooms", () => {
    const text = `import "../storage/orders.ts"; Date.now(); process.env.HOME;`;
    expect(found({ [`${app}/src/domain/a.test.ts`]: text })).toEqual([]);
  });

  it("reads code, not text: a comment and a string break no rule", () => {
    expect(found({ [`${app}/src/domain/a.ts`]: `// Date.now()\nexport const text = "process.env";\n` })).toEqual([]);
  });

  it("lets main.ts have 59 lines and refuses 60", () => {
    const lines = (count: number): string => `process.env;\n${"a();\n".repeat(count - 1)}`;
    expect(found({ [`${app}/src/main.ts`]: lines(59) })).toEqual([]);
    expect(found({ [`${app}/src/main.ts`]: lines(60) })).toEqual([
      expect.stringContaining("main.ts has 60 lines and may have 59"),
    ]);
  });

  it("holds migrate.ts, where there is one, to the same as main.ts", () => {
    const path = `${app}/src/migrate.ts`;
    expect(found({ [path]: "migrate(process.env);\n" })).toEqual([]);
    expect(found({ [path]: "a(process.env);\nb(process.env);\n" })).toEqual([
      expect.stringContaining("migrate.ts:2 must not use process.env"),
    ]);
    expect(found({ [path]: `process.env;\n${"a();\n".repeat(59)}` })).toEqual([
      expect.stringContaining("migrate.ts has 60 lines and may have 59"),
    ]);
  });

  it.each(Object.keys(sound).filter((path) => !path.endsWith("package.json")))("misses %s", (path) => {
    expect(found({}, path)).toEqual([expect.stringContaining("is missing: every service has the same rooms")]);
  });

  it("refuses a room that no other service has", () => {
    expect(found({ [`${app}/src/attic/a.ts`]: "", [`${app}/src/server.ts`]: "" })).toEqual([
      expect.stringContaining(`${app}/src/attic/ is no room of a service`),
      expect.stringContaining(`${app}/src/server.ts is no room of a service`),
    ]);
  });

  it("lets a service have clients, metrics, and tests beside them", () => {
    const files = ["src/clients/users.ts", "src/metrics.ts", "src/metrics.test.ts", "src/config.test.ts"];
    expect(found(Object.fromEntries(files.map((file) => [`${app}/${file}`, ""])))).toEqual([]);
  });

  it("judges the rooms of a monolith at any depth, and does not ask e2e for rooms", () => {
    expect(
      found({
        "apps/monolith/package.json": manifest("@banyan/monolith", "app"),
        "apps/monolith/src/orders/domain/order.ts": `import "pg";`,
        "apps/monolith/src/orders/module.ts": "",
        "apps/monolith/src/orders/rpc/routes.ts": "",
        "apps/monolith/src/orders/storage/orders.ts": "",
        "apps/e2e/package.json": manifest("@banyan/e2e", "app"),
        "apps/e2e/src/world.ts": `spawn("node", { env: process.env });`,
      }),
    ).toEqual([expect.stringContaining("apps/monolith/src/orders/domain/order.ts:1 domain must not import pg")]);
  });
});

describe("modules of an app of several domains", () => {
  const modules = (files: Readonly<Record<string, string>>): string[] =>
    found({
      "apps/monolith/package.json": manifest("@banyan/monolith", "app"),
      ...Object.fromEntries(Object.entries(files).map(([path, text]) => [`apps/monolith/src/${path}`, text])),
    });
  const sound = { "tea/domain/tea.ts": "", "tea/module.ts": "", "tea/rpc/routes.ts": "", "tea/storage/tea.ts": "" };

  it("may have clients and what tests need, and stand beside folders that are no modules", () => {
    const more = {
      "tea/clients/cups.ts": "",
      "tea/testing/open.ts": "",
      "tea/module.test.ts": "",
      "transports/a.ts": "",
    };
    expect(modules({ ...sound, ...more })).toEqual([]);
  });

  it("have a domain, rpc, storage and a module.ts, and no other room", () => {
    expect(modules({ "tea/domain/tea.ts": "", "tea/attic/old.ts": "", "tea/tables.ts": "" })).toEqual([
      "apps/monolith/src/tea/module.ts is missing: every module has the same rooms",
      "apps/monolith/src/tea/rpc/ is missing: every module has the same rooms",
      "apps/monolith/src/tea/storage/ is missing: every module has the same rooms",
      expect.stringContaining("apps/monolith/src/tea/attic/ is no room of a module; they are domain/, module.ts, "),
      expect.stringContaining("apps/monolith/src/tea/tables.ts is no room of a module; they are "),
    ]);
  });
});

describe("migrations", () => {
  it.each([
    ["a gap", "0003_more.sql", "must be called 0002_"],
    ["a number used twice", "0001_parcels.sql", "must be called 0002_"],
    ["no number", "more.sql", "must be called 0002_"],
    ["a way back in a file of its own", "0002_orders.down.sql", "must be called 0002_"],
    ["what is not SQL", "0002_more.ts", "must be called 0002_"],
  ])("refuses %s", (_, name, message) => {
    expect(found({ [`${app}/migrations/${name}`]: "" })).toContainEqual(expect.stringContaining(message));
  });

  it("refuses a way back inside a migration, at its line", () => {
    const text = "alter table orders add note text;\n-- Down Migration\nalter table orders drop note;\n";
    expect(found({ [`${app}/migrations/0002_note.sql`]: text })).toEqual([
      expect.stringContaining("0002_note.sql:2 must not describe a way back"),
    ]);
  });
});
