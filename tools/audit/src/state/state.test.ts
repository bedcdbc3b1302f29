import { describe, expect, it } from "vitest";
import { auditOf } from "../testing/fixture.ts";

const tables = {
  "src/order/table.ts": `export const add = (db: any) => db.query("insert into orders (id) values (1)");`,
  "src/stock/table.ts": `export const add = (db: any) => db.query("insert into stock (id) values (1)");`,
};

describe("state shared in memory", () => {
  it("is a cache that the composition root hands to two modules", async () => {
    const { sharedState } = await auditOf({
      ...tables,
      "src/prices.ts": `
        export function createPrices() {
          const known = new Map<string, number>();
          return { get: (sku: string) => known.get(sku), put(sku: string, price: number) { known.set(sku, price); } };
        }`,
      "src/order/order.ts": `export function createOrders(options: { prices: unknown; log: unknown }) { return options; }`,
      "src/stock/stock.ts": `export function createStock(prices: unknown, log: unknown) { return [prices, log]; }`,
      // A collection of one call, whoever it is handed to.
      "src/order/report.ts": `
        import { createOrders } from "./order.ts";
        import { createStock } from "../stock/stock.ts";
        export function report() {
          const seen = new Map<string, number>();
          seen.set("a", 1);
          return [createOrders({ prices: seen, log: 1 }), createStock(seen, 1)];
        }`,
      "src/main.ts": `
        import { createOrders } from "./order/order.ts";
        import { createStock } from "./stock/stock.ts";
        import { createPrices } from "./prices.ts";
        function createLog() { return { info: (text: string) => text }; }
        export function start() {
          const prices = createPrices();
          const alone = createPrices();
          const log = createLog();
          const rows: string[] = [];
          createStock(rows, rows.push("once"));
          return [createOrders({ prices, log }), createStock(prices, log), createStock(alone, log)];
        }`,
    });
    expect(sharedState).toMatchObject([{ name: "prices", file: "src/main.ts", line: 7, kind: "object" }]);
    expect(sharedState[0]?.users.map(({ module }) => module)).toEqual(["order", "stock"]);
  });

  it("is a let and a static member that another module assigns, or one NestJS instance in a library", async () => {
    const { sharedState } = await auditOf({
      ...tables,
      "src/cache/rates.service.ts": `
        declare function Injectable(): ClassDecorator;
        @Injectable() export class RatesService {
          private rates: Record<string, number> = {};
          get(name: string) { return this.rates[name]; }
          load(name: string) { this.rates[name] = 1; }
        }
        @Injectable() export class TextsService {
          private texts: Record<string, string> = {};
          constructor() { this.read(); }
          private read() { this.texts["a"] = "loaded once, at the start"; }
          get(name: string) { return this.texts[name]; }
        }`,
      "src/order/order.ts": `
        import { RatesService, TextsService } from "../cache/rates.service.ts";
        export let mode = "a";
        export const setMode = (to: string) => { mode = to; };
        export class Counter { static count = 0; static readonly name2 = "x"; }
        export class Orders {
          constructor(private rates: RatesService, private texts: TextsService) {}
          total() { return this.rates.get("EUR") + this.texts.get("a"); }
        }`,
      "src/stock/stock.ts": `
        import { Counter, mode } from "../order/order.ts";
        import { RatesService, TextsService } from "../cache/rates.service.ts";
        export class Stock {
          constructor(private rates: RatesService, private texts: TextsService) {}
          load() { if (mode === "a") Counter.count++; this.rates.load("EUR"); return this.texts.get("a") + Counter.name2; }
        }`,
    });
    expect(sharedState.map(({ name }) => name).sort()).toEqual(["Counter.count", "RatesService", "mode"]);
  });
});
