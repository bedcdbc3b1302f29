import { beforeAll, describe, expect, it } from "vitest";
import type { Report } from "./report.ts";
import { auditOf } from "./testing/fixture.ts";

/** A monolith with every sin once, and beside each what looks like it and is none. */
const shop = {
  "migrations/0001.sql": `
    create table users (id uuid primary key, name text);
    create table orders (id uuid primary key, user_id uuid references users, total bigint);
    create table stock (sku text primary key, available bigint);`,
  "src/database.ts": `
    export interface Queryable { query(text: string, values?: unknown[]): Promise<any[]> }
    export interface Database extends Queryable { transaction<T>(work: (tx: Queryable) => Promise<T>): Promise<T> }`,
  "src/names.ts": `
    // A constant that nobody changes.
    export const labels = new Map([["a", "A"]]);
    // Assigned once.
    export let started = Date.now();
    // Shared, and changed by order.
    export const recent = new Map<string, string>();
    // Changed, and of one module alone.
    export const onlyStock = new Set<string>();
    export function remember(id: string, name: string) { recent.set(id, name); }`,
  "src/modules/user/users.ts": `
    import type { Database } from "../../database.ts";
    import { labels, recent, started } from "../../names.ts";
    // A cache that only the functions of this module reach: it goes with the module.
    const own = new Map<string, string>();
    export interface Users { find(id: string): Promise<string>; display(name: string): string }
    export function createUsers(db: Database): Users {
      return {
        async find(id) {
          if (started > 0) own.set(id, labels.get("a") ?? "");
          const [row] = await db.query("select name from users where id = $1", [id]);
          return recent.get(id) ?? row.name;
        },
        display(name) { return name.toUpperCase(); },
      };
    }
    export const addUser = (db: Database, id: string) => db.query("insert into users (id) values ($1)", [id]);`,
  "src/modules/order/orders.ts": `
    import type { Database } from "../../database.ts";
    import type { Users } from "../user/users.ts";
    import { labels, remember, started } from "../../names.ts";
    import { importTransactions } from "./statements.ts";
    export class Orders {
      constructor(private readonly db: Database, private readonly users: Users) {}
      async place(id: string, userId: string) {
        remember(userId, labels.get("a") ?? String(started));
        return this.db.transaction(async (tx) => {
          await tx.query("insert into orders (id, user_id) values ($1, $2)", [id, userId]);
          return this.confirm(userId);
        });
      }
      async rename(id: string, name: string) {
        // It only reckons: no reason to take it for a transaction across modules.
        return this.db.transaction(async (tx) => tx.query("update orders set total = $1", [this.users.display(name)]));
      }
      async report() {
        const text = "Update the cart"; const other = "Delete from list";
        return this.db.query("select o.id, u.name from orders o join users u on u.id = o.user_id where o.id in (" + "select id from orders)");
      }
      async load(rows: string[]) {
        // Not a transaction of a database: its name only has the word.
        return importTransactions(rows, async (row) => this.users.find(row));
      }
      private async confirm(userId: string) { return this.users.find(userId); }
    }`,
  "src/modules/order/statements.ts": `
    export async function importTransactions(rows: string[], each: (row: string) => Promise<unknown>) {
      for (const row of rows) await each(row);
    }`,
  "src/modules/stock/stock.ts": `
    import type { Database } from "../../database.ts";
    import { onlyStock } from "../../names.ts";
    export class Stock {
      constructor(private readonly db: Database) {}
      async reserve(sku: string) {
        onlyStock.add(sku);
        return this.db.transaction(async (tx) => tx.query("update stock set available = available - 1 where sku = $1", [sku]));
      }
    }`,
  "src/main.ts": `
    import { createUsers } from "./modules/user/users.ts";
    import { Orders } from "./modules/order/orders.ts";
    import { Stock } from "./modules/stock/stock.ts";
    import type { Database } from "./database.ts";
    export function start(db: Database) { const users = createUsers(db); return [new Orders(db, users), new Stock(db)]; }`,
};

describe("the audit of a monolith with every sin once", () => {
  let report: Report;

  beforeAll(async () => {
    report = await auditOf(shop);
  });

  it("finds the modules", () => {
    expect(report.modulesBy).toBe("the folders in src/modules");
    expect(report.modules.map(({ name, kind, owns }) => [name, kind, owns])).toEqual([
      ["order", "domain", ["orders"]],
      ["stock", "domain", ["stock"]],
      ["user", "domain", ["users"]],
      ["(rest)", "rest", []],
    ]);
  });

  it("finds who calls whom through an interface and an object that implements it, with the place", () => {
    const edge = report.calls.find(({ from, to }) => from === "order" && to === "user");
    expect(edge).toMatchObject({ calls: 3, rpcs: 0, imports: 0, typeImports: 1 });
    expect(edge?.sites.map(({ target, line }) => [target, line])).toEqual([
      ["createUsers.display", 17],
      ["createUsers.find", 25],
      ["createUsers.find", 27],
    ]);
    expect(report.calls.some(({ from, to }) => from === "user" && to !== "(rest)")).toBe(false);
  });

  it("finds the table that two modules read, and only that", () => {
    expect(report.tables.filter(({ shared }) => shared).map(({ name, owner }) => [name, owner])).toEqual([
      ["users", "user"],
    ]);
    expect(report.tables.map(({ name }) => name)).toEqual(["orders", "stock", "users"]);
    expect(report.statements).toMatchObject([{ file: "src/modules/order/orders.ts", line: 21, module: "order" }]);
  });

  it("finds the memory that two modules share, and no constant, no memory of one module", () => {
    expect(report.sharedState).toMatchObject([{ name: "recent", file: "src/names.ts", line: 7, module: "(rest)" }]);
    expect(report.sharedState[0]?.users.map(({ module, how }) => [module, how])).toEqual([
      ["user", "reads it"],
      ["order", "calls remember"],
    ]);
  });

  it("finds the transaction that calls another module, through a method, and no other", () => {
    expect(report.transactions).toMatchObject([
      { file: "src/modules/order/orders.ts", line: 10, module: "order", by: "this.db.transaction(…)" },
    ]);
    expect(report.transactions[0]?.reaches).toMatchObject([
      { kind: "call", module: "user", target: "createUsers.find", line: 27, through: ["Orders.confirm"] },
    ]);
  });

  it("finds no cycle, and understands all", () => {
    expect(report.cycles).toEqual([]);
    expect(report.notUnderstood).toEqual([]);
  });

  it("would take out first what nothing ties, and says what blocks the others", () => {
    expect(report.plan.map(({ module }) => module)).toEqual(["stock", "user", "order"]);
    expect(report.plan[0]).toMatchObject({ score: 0, blockers: [] });
    const user = report.plan[1];
    expect(user?.score).toBe(user?.parts.reduce((sum, { count, weight }) => sum + count * weight, 0));
    expect(user?.blockers.map(({ what }) => what)).toEqual([
      "a transaction of order, this.db.transaction(…), reaches createUsers.find of user",
      "recent in memory is used by user, order",
      "order reads table users",
      "foreign key from orders (order) to users (user)",
    ]);
    expect(user?.contract).toMatchObject({ kind: "draft", rpcs: 1 });
  });
});
