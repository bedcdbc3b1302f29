import { OrderService } from "@banyan/stubs-order";
import type { JsonObject } from "@bufbuild/protobuf";
import { badIds, badPageSizes, badPageTokens, badTexts, type BadInput } from "./bad-input.ts";
import { badLines } from "./inventory-input.ts";

const { placeOrder, getOrder, listOrders, cancelOrder, watchOrder } = OrderService.method;

/**
 * @param userId of the requests whose user_id is right
 * @param sku of the requests whose sku is right
 */
export function badOrderInput(userId: string, sku: string): readonly BadInput[] {
  const placing = (what: string, wrong: JsonObject, fields: readonly string[]): BadInput => ({
    what: `PlaceOrder: ${what}`,
    method: placeOrder,
    request: { userId, idempotencyKey: "bad-input", lines: [{ sku, quantity: 1 }], ...wrong },
    fields,
  });
  return [
    ...badLines(sku).map(({ what, lines, fields }) => placing(what, { lines }, fields)),
    ...badIds.map(([what, text]) => placing(`user_id ${what}`, { userId: text }, ["user_id"])),
    ...badTexts.map(([what, text]) =>
      placing(`idempotency_key ${what}`, { idempotencyKey: text }, ["idempotency_key"]),
    ),
    placing("idempotency_key of 129 characters", { idempotencyKey: "🔑".repeat(129) }, ["idempotency_key"]),
    placing("nothing at all", { userId: "", idempotencyKey: "", lines: [] }, ["user_id", "idempotency_key", "lines"]),
    ...[getOrder, cancelOrder, watchOrder].flatMap((method) =>
      badIds.map(([what, orderId]) => ({
        what: `${method.name}: order_id ${what}`,
        method,
        request: { orderId },
        fields: ["order_id"],
      })),
    ),
    ...badIds.map(([what, text]) => ({
      what: `ListOrders: user_id ${what}`,
      method: listOrders,
      request: { userId: text },
      fields: ["user_id"],
    })),
    ...badPageSizes.map((pageSize) => ({
      what: `ListOrders: page_size ${pageSize}`,
      method: listOrders,
      request: { userId, pageSize },
      fields: ["page_size"],
    })),
    ...badPageTokens.map(([what, pageToken]) => ({
      what: `ListOrders: page_token ${what}`,
      method: listOrders,
      request: { userId, pageToken },
      fields: ["page_token"],
    })),
  ];
}
