import { describe, expect, it } from "vitest";
import type { Report } from "../report.ts";
import { auditOf } from "../testing/fixture.ts";

/** Each access as `line module read|write table`, by line. */
function accesses({ tables }: Report): string[] {
  return tables
    .flatMap(({ name, access }) =>
      access.map((use) => ({ line: use.line, text: `${use.module} ${use.access} ${name}` })),
    )
    .sort((a, b) => a.line - b.line || (a.text < b.text ? -1 : 1))
    .map(({ line, text }) => `${line} ${text}`);
}

describe("Prisma", () => {
  it("is read by its schema, clients however they are declared, relations in arguments, and raw SQL", async () => {
    const report = await auditOf({
      "prisma/schema.prisma": `
model User {
  id String @id
  orders Order[]
  @@map("users")
}

model Order {
  id String @id
  userId String
  user User @relation(fields: [userId], references: [id])
}
`,
      "src/user/prisma.ts": `
        import { PrismaClient } from "@prisma/client";
        export class PrismaService extends PrismaClient {}
        export const cache = { user: { findMany: () => [] } };`,
      "src/order/order.ts": `
        import { cache, PrismaService } from "../user/prisma.ts";
        export class Orders {
          constructor(private readonly prisma: PrismaService, private readonly unknown: any) {}
          all() { return this.prisma.order.findMany({ include: { user: true } }); }
          add() { return this.prisma.user.create({ data: { orders: { create: [{}] } } }); }
          link() { return this.prisma.order.update({ data: { user: { connect: { id: "1" } } } }); }
          near() { return cache.user.findMany(); }
          transact() { return this.prisma.$transaction(async (tx) => tx.order.deleteMany()); }
          raw(x: string[]) { return this.prisma.$queryRaw\`SELECT * FROM users WHERE id IN (\${x}) \${x}\`; }
          extended() { return this.extend().user.count(); }
          extend() { return this.prisma.$extends({}); }
        }
        export const guess = (thing: ReturnType<typeof JSON.parse>, other = JSON.parse("")) => other.user.findFirst();`,
    });
    expect(accesses(report)).toEqual([
      "5 order read Order",
      "5 order read users",
      "6 order write Order",
      "6 order write users",
      "7 order read users",
      "7 order write Order",
      "9 order write Order",
      "10 order read users",
      "11 order read users",
    ]);
    expect(report.tables.find(({ name }) => name === "Order")?.references).toEqual(["users"]);
    expect(report.tables.find(({ name }) => name === "Order")?.declared).toEqual([
      { file: "prisma/schema.prisma", line: 8, by: "prisma" },
    ]);
    expect(report.notUnderstood).toMatchObject([{ line: 14, what: "Prisma" }]);
  });
});

describe("TypeORM", () => {
  it("is read by entities, repositories, managers and query builders", async () => {
    const report = await auditOf({
      "src/user/user.entity.ts": `
        import { Entity, OneToMany } from "typeorm";
        import { OrderLine } from "../order/order-line.entity.ts";
        @Entity({ name: "users" }) export class User { @OneToMany(() => OrderLine, (l) => l.user) lines: OrderLine[]; }`,
      "src/order/order-line.entity.ts": `
        import { Entity, ManyToOne } from "typeorm";
        import { User } from "../user/user.entity.ts";
        @Entity() export class OrderLine { @ManyToOne(() => User) user: User; }`,
      "src/order/order.service.ts": `
        import { DataSource, EntityManager, Repository } from "typeorm";
        import { OrderLine } from "./order-line.entity.ts";
        import { User } from "../user/user.entity.ts";
        class Lines extends Repository<OrderLine> { mine() { return this.find(); } }
        export class Orders {
          constructor(private readonly lines: Repository<OrderLine>, private readonly source: DataSource, private manager: EntityManager) {}
          find() { return this.lines.find({ relations: { user: true } }); }
          save() { return this.source.getRepository(User).save({}); }
          byManager() { return this.manager.findOne(User, {}); }
          build() { return this.lines.createQueryBuilder("l").leftJoinAndSelect("l.user", "u").where("x").getMany(); }
          change() { return this.lines.createQueryBuilder().update().set({}).execute(); }
          unknown(thing: any) { return this.manager.save(thing); }
          near(list: string[]) { return list.find((one) => one); }
        }`,
    });
    expect(accesses(report)).toEqual([
      "5 order read order_line",
      "8 order read order_line",
      "8 order read users",
      "9 order write users",
      "10 order read users",
      "11 order read order_line",
      "11 order read users",
      "12 order write order_line",
    ]);
    expect(report.tables.find(({ name }) => name === "order_line")?.references).toEqual(["users"]);
    expect(report.notUnderstood).toMatchObject([{ line: 13, what: "TypeORM" }]);
  });
});

describe("Drizzle", () => {
  it("is read by its tables and the calls that name them", async () => {
    const report = await auditOf({
      "src/schema.ts": `
        import { pgTable, text } from "drizzle-orm/pg-core";
        export const users = pgTable("users", { id: text("id") });
        export const orders = pgTable("shop_orders", { userId: text("user_id").references(() => users.id) });`,
      "src/order/order.ts": `
        import { orders, users } from "../schema.ts";
        const map = new Map();
        export async function all(db: any) {
          await db.select().from(orders).innerJoin(users, true);
          await db.insert(orders).values({});
          await db.query.users.findMany();
          map.delete(users.id); Array.from(map);
        }`,
      "src/user/user.ts": `import { users } from "../schema.ts"; export const drop = (db: any) => db.delete(users);`,
    });
    expect(accesses(report)).toEqual([
      "1 user write users",
      "5 order read shop_orders",
      "5 order read users",
      "6 order write shop_orders",
      "7 order read users",
    ]);
    expect(report.tables.find(({ name }) => name === "shop_orders")?.references).toEqual(["users"]);
  });
});

describe("what is not understood", () => {
  it("is listed with its place: other query builders, SQL that does not parse, names that are computed", async () => {
    const { notUnderstood, tables } = await auditOf({
      "src/a/a.ts": `
        import knex from "knex";
        import type { Kysely } from "kysely";
        export const one = (db: any) => db.query("select * form broken where");
        export const two = (db: any, table: string) => db.query(\`select * from \${table} where x = 1\`);
        export const label = "Select a user from the list"; export const button = "Delete from cart";
        export const log = (say: any) => say("Update failed: set it again");`,
      "src/b/b.sql": "create tabel oops ();",
    });
    expect(notUnderstood.map(({ file, line, what }) => `${file}:${line} ${what}`).sort()).toEqual([
      "src/a/a.ts:2 database access",
      "src/a/a.ts:4 SQL",
      "src/a/a.ts:5 SQL",
      "src/b/b.sql:1 SQL",
    ]);
    expect(tables).toEqual([]);
  });
});
