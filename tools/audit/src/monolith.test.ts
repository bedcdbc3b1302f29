import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { audit } from "./audit.ts";
import type { Report } from "./report.ts";

const monolith = fileURLToPath(new URL("../../../apps/monolith", import.meta.url));

/** The sins that apps/monolith/README.md names, each of them, and nothing else. */
describe("the audit of apps/monolith", () => {
  let report: Report;

  beforeAll(async () => {
    report = await audit(monolith);
  });

  it("finds its three modules and what they serve", () => {
    const domains = report.modules.filter(({ kind }) => kind === "domain");
    expect(domains.map(({ name, serves }) => [name, serves])).toEqual([
      ["inventory", ["InventoryService"]],
      ["order", ["OrderService"]],
      ["user", ["UserService"]],
    ]);
  });

  it("finds the two tables that two modules read, and no other", () => {
    const shared = report.tables.filter((table) => table.shared);
    const foreign = shared.map(({ name, owner, access }) => {
      const others = access.filter(({ module }) => module !== owner);
      return { name, owner, others: [...new Set(others.map((use) => `${use.module} ${use.access}s`))] };
    });
    expect(foreign).toEqual([
      { name: "products", owner: "inventory", others: ["order reads"] },
      { name: "users", owner: "user", others: ["order reads"] },
    ]);
    expect(report.statements.map(({ module, tables }) => [module, tables.map(({ owner }) => owner).sort()])).toEqual([
      ["order", ["inventory", "order"]],
      ["order", ["order", "user"]],
    ]);
  });

  it("finds the one memory that two modules share", () => {
    expect(report.sharedState.map(({ name, file }) => [name, file])).toEqual([["knownUsers", "src/known-users.ts"]]);
    expect([...new Set(report.sharedState[0]?.users.map(({ module }) => module))].sort()).toEqual(["order", "user"]);
  });

  it("finds the one transaction in which other modules are called", () => {
    expect(report.transactions.map(({ file }) => file)).toEqual(["src/order/storage/settle-order.ts"]);
    expect(report.transactions[0]?.reaches.map(({ kind, target }) => `${kind} ${target}`).sort()).toEqual([
      "rpc InventoryService.commit",
      "rpc InventoryService.release",
      "rpc InventoryService.reserve",
      "rpc UserService.getUser",
    ]);
  });

  it("finds no call between modules but these, no cycle, no foreign key, and nothing that it does not understand", () => {
    const names = new Set(["inventory", "order", "user"]);
    const between = report.calls.filter(({ from, to }) => names.has(from) && names.has(to));
    expect(
      between.map(({ from, to, calls, rpcs, imports, typeImports }) => [from, to, calls, rpcs, imports, typeImports]),
    ).toEqual([
      ["order", "inventory", 0, 3, 0, 0],
      ["order", "user", 0, 1, 0, 0],
    ]);
    expect(report.cycles).toEqual([]);
    expect(report.notUnderstood).toEqual([]);
    expect(report.skipped.unparsable).toEqual([]);
    expect(
      report.plan.flatMap(({ blockers }) => blockers).filter(({ what }) => what.startsWith("foreign key")),
    ).toEqual([]);
  });

  it("would take out the inventory first and the order last, which calls the others", () => {
    expect(report.plan.map(({ module, contract }) => [module, contract.kind])).toEqual([
      ["inventory", "existing"],
      ["user", "existing"],
      ["order", "existing"],
    ]);
  });
});
