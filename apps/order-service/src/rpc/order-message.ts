import { OrderState, RejectionReason, type OrderSchema } from "@banyan/stubs-order";
import type { MessageInitShape } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import { totalOf, type Order } from "../domain/order.ts";

/** An order as the contract spells it. */
export function orderMessage(order: Order): MessageInitShape<typeof OrderSchema> {
  const { id, userId, idempotencyKey, status, lines, placedAt, version } = order;
  return {
    orderId: id,
    userId,
    idempotencyKey,
    state: OrderState[status.state],
    rejectionReason: RejectionReason[status.state === "REJECTED" ? status.rejection : "UNSPECIFIED"],
    lines: lines.map(({ sku, quantity, unitPrice }) => ({ sku, quantity, unitPrice })),
    total: totalOf(lines),
    placedAt: timestampFromDate(placedAt),
    version,
  };
}
