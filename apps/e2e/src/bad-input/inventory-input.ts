import { InventoryService } from "@banyan/stubs-inventory";
import type { JsonObject } from "@bufbuild/protobuf";
import { badIds, badPageSizes, badPageTokens, badQuantities, badSkus, badTexts, type BadInput } from "./bad-input.ts";

const { putItem, getItem, listItems, addStock, reserve, commit, release, watchStock } = InventoryService.method;

/**
 * @param sku of the requests whose sku is right
 * @param orderId of the requests whose order_id is right
 */
export function badInventoryInput(sku: string, orderId: string): readonly BadInput[] {
  return [...badItems(sku), ...badAdditions(sku), ...badReservations(sku, orderId), ...badQueries()];
}

function badItems(sku: string): readonly BadInput[] {
  const putting = (what: string, wrong: JsonObject, field: string): BadInput => ({
    what: `PutItem: ${what}`,
    method: putItem,
    request: { sku, name: "Changed", unitPrice: { minorUnits: "1", currency: "EUR" }, ...wrong },
    fields: [field],
  });
  return [
    ...badSkus.map(([what, text]) => putting(`sku ${what}`, { sku: text }, "sku")),
    ...badTexts.map(([what, text]) => putting(`name ${what}`, { name: text }, "name")),
    putting("name of 201 characters", { name: "x".repeat(201) }, "name"),
    putting("no price", { unitPrice: null }, "unit_price"),
    ...["-1", "10000000001", "9223372036854775807", "-9223372036854775808"].map((minorUnits) =>
      putting(`price ${minorUnits}`, { unitPrice: { minorUnits, currency: "EUR" } }, "unit_price.minor_units"),
    ),
    ...["", "eur", "EURO", "E1R", "\uFFFD\uFFFD\uFFFD", "EUR\n"].map((currency) =>
      putting(`currency ${JSON.stringify(currency)}`, { unitPrice: { currency } }, "unit_price.currency"),
    ),
  ];
}

function badAdditions(sku: string): readonly BadInput[] {
  const adding = (what: string, wrong: JsonObject, field: string): BadInput => ({
    what: `AddStock: ${what}`,
    method: addStock,
    request: { sku, quantity: 1, requestId: "bad-input", ...wrong },
    fields: [field],
  });
  return [
    ...badSkus.map(([what, text]) => adding(`sku ${what}`, { sku: text }, "sku")),
    ...badQuantities.map((quantity) => adding(`quantity ${quantity}`, { quantity }, "quantity")),
    ...badTexts.map(([what, text]) => adding(`request_id ${what}`, { requestId: text }, "request_id")),
    adding("request_id of 129 characters", { requestId: "x".repeat(129) }, "request_id"),
  ];
}

function badReservations(sku: string, orderId: string): readonly BadInput[] {
  const reserving = (what: string, wrong: JsonObject, fields: readonly string[]): BadInput => ({
    what: `Reserve: ${what}`,
    method: reserve,
    request: { orderId, lines: [{ sku, quantity: 1 }], ...wrong },
    fields,
  });
  return [
    ...badLines(sku).map(({ what, lines, fields }) => reserving(what, { lines }, fields)),
    ...badIds.map(([what, text]) => reserving(`order_id ${what}`, { orderId: text }, ["order_id"])),
    ...[commit, release].flatMap((method) =>
      badIds.map(([what, text]) => ({
        what: `${method.name}: order_id ${what}`,
        method,
        request: { orderId: text },
        fields: ["order_id"],
      })),
    ),
  ];
}

function badQueries(): readonly BadInput[] {
  return [
    ...[getItem, watchStock].flatMap((method) =>
      badSkus.map(([what, text]) => ({
        what: `${method.name}: sku ${what}`,
        method,
        request: { sku: text },
        fields: ["sku"],
      })),
    ),
    ...badPageSizes.map((pageSize) => ({
      what: `ListItems: page_size ${pageSize}`,
      method: listItems,
      request: { pageSize },
      fields: ["page_size"],
    })),
    ...badPageTokens.map(([what, pageToken]) => ({
      what: `ListItems: page_token ${what}`,
      method: listItems,
      request: { pageToken },
      fields: ["page_token"],
    })),
  ];
}

/** Lines that nobody can reserve or order. @param sku of the lines whose sku is right */
export function badLines(sku: string): readonly { what: string; lines: JsonObject[]; fields: readonly string[] }[] {
  const many = (count: number): JsonObject[] =>
    Array.from({ length: count }, (_, index) => ({ sku: `${index}`, quantity: 1 }));
  return [
    { what: "no lines", lines: [], fields: ["lines"] },
    { what: "101 lines", lines: many(101), fields: ["lines"] },
    { what: "1,000 lines", lines: many(1000), fields: ["lines"] },
    {
      what: "a sku twice",
      lines: [
        { sku, quantity: 1 },
        { sku: "other", quantity: 1 },
        { sku, quantity: 2 },
      ],
      fields: ["lines[2].sku"],
    },
    { what: "a line of nothing", lines: [{ sku, quantity: 1 }, {}], fields: ["lines[1].sku", "lines[1].quantity"] },
    ...badSkus.map(([what, text]) => ({
      what: `sku ${what}`,
      lines: [{ sku: text, quantity: 1 }],
      fields: ["lines[0].sku"],
    })),
    ...badQuantities.map((quantity) => ({
      what: `quantity ${quantity}`,
      lines: [{ sku, quantity }],
      fields: ["lines[0].quantity"],
    })),
  ];
}
