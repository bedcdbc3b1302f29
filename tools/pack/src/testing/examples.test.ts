import { describe, expect, it } from "vitest";
import { examplesOf, filesOf, hasPrinted } from "./examples.ts";

const readme = `# @banyan/cups

\`\`\`ts
import { pour } from "@banyan/cups/testing";
import { once } from "node:events";
import { own } from "./own.ts";
import { createClient } from "@connectrpc/connect";
console.log(pour("tea")); // a cup of …
pour.each((cup) => console.log(cup)); // green (no sugar)
run(() => console.log(1), { everyMs: 5 }); // 1
console.log("not said what");
await once(process, "SIGTERM");
\`\`\`

\`\`\`ts
cups.dispose(); // an excerpt
\`\`\`

\`\`\`ts
import { pour } from "@banyan/cups";
\`\`\`

\`\`\`sql
-- migrations/0001_cups.sql
create table cups ();
\`\`\`

\`\`\`sql
select 1;
\`\`\`
`;

describe("examplesOf", () => {
  it("finds the programs, and not the excerpts", () => {
    expect(examplesOf(readme).map(({ code }) => code.split("\n")[0])).toEqual([
      'import { pour } from "@banyan/cups/testing";',
      'import { pour } from "@banyan/cups";',
    ]);
  });

  it("knows what a program imports, what it says it prints, and whether it goes on", () => {
    const prints = ["a cup of …", "green (no sugar)", "1"];
    expect(examplesOf(readme)).toMatchObject([
      { packages: ["@banyan/cups", "@connectrpc/connect"], prints, serves: true },
      { packages: ["@banyan/cups"], prints: [], serves: false },
    ]);
  });
});

describe("filesOf", () => {
  it("finds files that are named in their first line", () => {
    expect(filesOf(readme)).toEqual([
      { path: "migrations/0001_cups.sql", text: "-- migrations/0001_cups.sql\ncreate table cups ();\n" },
    ]);
  });
});

describe("hasPrinted", () => {
  it.each([
    ["a cup of tea\n", ["a cup of …"]],
    ["first\na cup of tea\nbetween\n[ 1 ]\n", ["a cup of …", "[ 1 ]"]],
    ["anything\n", []],
  ])("finds in %j the lines %j", (printed, expected) => {
    expect(hasPrinted(printed, expected)).toBe(true);
  });

  it.each([
    ["a cup of tea\n", ["a mug of …"]],
    ["[ 1 ]\na cup of tea\n", ["a cup of …", "[ 1 ]"]],
    ["once\n", ["once", "once"]],
    ["a cup of tea, cold\n", ["a cup of tea"]],
  ])("misses in %j the lines %j", (printed, expected) => {
    expect(hasPrinted(printed, expected)).toBe(false);
  });
});
