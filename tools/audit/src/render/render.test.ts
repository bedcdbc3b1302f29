import { beforeAll, describe, expect, it } from "vitest";
import type { Report } from "../report.ts";
import { auditOf } from "../testing/fixture.ts";
import { renderHtml } from "./html.ts";
import { renderMarkdown } from "./markdown.ts";

describe("the reports", () => {
  let report: Report;

  beforeAll(async () => {
    report = await auditOf({
      "src/a/a.ts": `
        import { b } from "../b/b.ts";
        export const a = (db: any) => { b(); return db.query("insert into \\"<script>|\`\\" (x) values (1)"); };
        export const c = (db: any) => db.query("select * form nowhere");`,
      "src/b/b.ts": `import { a } from "../a/a.ts"; export async function b(): Promise<unknown> { return a({}); }`,
      "src/broken.ts": "export const = ;",
      "src/deep.ts": `export const deep = ${"[".repeat(5000)}${"]".repeat(5000)};`,
      "src/long.ts": `export const long = ${Array.from({ length: 6000 }, () => '"a"').join(" + ")};`,
    });
  });

  it("as a page need nothing else, show a graph with a title, and take names for text", () => {
    const page = renderHtml(report);
    expect(page).toContain('<svg viewBox="0 0 1000 760" role="img" aria-labelledby="graph-title graph-about">');
    expect(page.match(/class="arrow cycle"/g)).toHaveLength(2);
    expect(page).not.toMatch(/<script|<link|src=|href="(?!#)|url\((?!#)|@import/);
    expect(page).toContain("&lt;script&gt;|`");
    expect(page).toContain("prefers-color-scheme: dark");
    for (const [, target] of page.matchAll(/href="#(\w+)"/g)) expect(page).toContain(`<h2 id="${target}">`);
  });

  it("as Markdown have a row of as many cells as columns, whatever the names", () => {
    const text = renderMarkdown(report);
    const tables = text.split("\n\n").filter((block) => block.startsWith("| "));
    expect(tables.length).toBeGreaterThan(5);
    for (const table of tables) {
      const cells = table
        .trim()
        .split("\n")
        .map((row) => row.split(/(?<!\\)\|/).length);
      expect(new Set(cells).size).toBe(1);
    }
    expect(text).toContain("src/a/a.ts:4");
    expect(text).toContain("src/broken.ts:1");
    expect(text).toContain("src/deep.ts:1 nested too deeply to parse");
    expect(text).toContain("src/long.ts:1 nested too deeply to parse");
  });

  it("say the version of their shape", () => {
    expect(report.version).toBe(1);
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
  });
});
