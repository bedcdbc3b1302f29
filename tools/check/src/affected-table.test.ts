import { describe, expect, it } from "vitest";
import { renderTable, summarizeTasks, withTable } from "./affected-table.ts";

const services = ["user-service", "order-service"];

describe("the table of what a change runs", () => {
  it("says nothing where nothing runs", () => {
    expect(summarizeTasks([], services)).toBe("nothing");
  });

  it("puts together the projects that run the same, in the order in which one would run it", () => {
    const tasks = [
      "@banyan/chaos:test",
      "@banyan/chaos:lint",
      "@banyan/e2e:lint",
      "@banyan/e2e:test",
      "@banyan/rpc:lint",
    ];
    expect(summarizeTasks(tasks, services)).toBe("`lint test` of chaos, e2e; `lint` of rpc");
  });

  it("names services only where they differ", () => {
    const test = (...projects: string[]): string[] => projects.map((project) => `@banyan/${project}:test`);
    expect(summarizeTasks(test("e2e", ...services), services)).toBe("`test` of e2e, every service");
    expect(summarizeTasks(test("e2e", "user-service"), services)).toBe("`test` of e2e, user-service");
  });

  it("takes the place of the table in the README, and leaves the rest", async () => {
    const first = await renderTable([{ what: "a", tasks: [] }], services);
    const second = await renderTable([{ what: "b", tasks: ["@banyan/rpc:test"] }], services);
    const empty = "before\n\n<!-- found by npm run affected -- --write -->\n<!-- end of what was found -->\n\nafter\n";
    const readme = withTable(withTable(empty, first), second);
    expect(readme).toContain("| b           | `test` of rpc |");
    expect(readme).not.toContain("| a           |");
    expect(readme).toMatch(/^before\n[^]*\nafter\n$/);
    expect(withTable(readme, second)).toBe(readme);
  });

  it("is refused where the README has no place for it", () => {
    expect(() => withTable("nothing", "| a |")).toThrow("the README has no place for the table");
  });
});
