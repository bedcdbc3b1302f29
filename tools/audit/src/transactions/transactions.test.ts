import { describe, expect, it } from "vitest";
import { auditOf } from "../testing/fixture.ts";

const billing = {
  "src/billing/billing.ts": `
    export async function charge(db: any, id: string) { await db.query("insert into charges (id) values ($1)", [id]); }`,
};

describe("transactions", () => {
  it("are what stands between BEGIN and COMMIT, and not what comes after", async () => {
    const { transactions } = await auditOf({
      ...billing,
      "src/order/order.ts": `
        import { charge } from "../billing/billing.ts";
        export async function place(client: any) {
          await client.query("BEGIN");
          await client.query("insert into orders (id) values (1)");
          await charge(client, "inside");
          await client.query("COMMIT");
          await charge(client, "after");
        }
        export async function wait(client: any) {
          await client.query("begin");
          await client.query("update orders set id = 2");
          await client.query("commit");
          await fetch("http://localhost/after");
        }`,
    });
    expect(transactions).toMatchObject([{ by: "BEGIN … COMMIT", line: 4, reaches: [{ line: 6, module: "billing" }] }]);
  });

  it("wait for another process when a callback fetches, or a table of another module is written in it", async () => {
    const { transactions } = await auditOf({
      ...billing,
      "src/order/order.ts": `
        import axios from "axios";
        export class Orders {
          constructor(private prisma: any) {}
          pay() { return this.prisma.$transaction(async (tx: any) => { await axios.post("http://bank/pay"); }); }
          book() { return this.prisma.$transaction(async (tx: any) => tx.query("insert into charges (id) values (1)")); }
          async list() {
            const work = [this.prisma.query("update charges set id = 2"), this.prisma.query("update orders set id = 2")];
            await this.prisma.$transaction(work);
          }
          observed(newrelic: any) { return newrelic.startBackgroundTransaction("x", async () => axios.post("http://bank/pay")); }
          own() { return this.prisma.$transaction(async (tx: any) => tx.query("insert into orders (id) values (1)")); }
        }`,
      "src/billing/more.ts": `export const again = (db: any) => db.query("update charges set id = 3");`,
    });
    expect(
      transactions.map(({ line, reaches }) => [line, reaches.map(({ kind, target }) => `${kind} ${target}`)]),
    ).toEqual([
      [5, ["http axios.post"]],
      [6, ["write charges"]],
      [9, ["write charges"]],
    ]);
  });

  it("are found behind a wrapper of the project, a query runner and a decorator", async () => {
    const { transactions } = await auditOf({
      ...billing,
      "src/order/order.ts": `
        import { charge } from "../billing/billing.ts";
        async function inTransaction(db: any, work: (tx: any) => Promise<void>) {
          await db.query("BEGIN"); await work(db); await db.query("COMMIT");
        }
        export const wrapped = (db: any) => inTransaction(db, async (tx) => { await charge(tx, "1"); });
        export async function runner(queryRunner: any) {
          await queryRunner.startTransaction();
          await charge(queryRunner, "2");
          await queryRunner.commitTransaction();
        }
        export class Service {
          @Transactional() async place(db: any) { await db.query("update orders set id = 1"); await charge(db, "3"); }
        }
        declare function Transactional(): MethodDecorator;`,
    });
    expect(transactions.map(({ by }) => by).sort()).toEqual([
      "@Transactional()",
      "inTransaction(…)",
      "startTransaction … commitTransaction",
    ]);
  });
});
