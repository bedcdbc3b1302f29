import { setTimeout as sleep } from "node:timers/promises";
import { OrderState, type Order, type OrderService, type PlaceOrderRequestSchema } from "@banyan/stubs-order";
import type { MessageInitShape } from "@bufbuild/protobuf";
import type { Client } from "@connectrpc/connect";

/** An order to place. */
export type Placement = MessageInitShape<typeof PlaceOrderRequestSchema>;

/**
 * Places an order as a good client does: one that is PENDING is taken up under its key until it is settled, 20 s at most.
 *
 * @param onPending called with each answer that leaves the outcome open
 * @throws {ConnectError} when a call fails
 */
export async function settleOrder(
  orders: Client<typeof OrderService>,
  placement: Placement,
  onPending: (order: Order) => void = () => undefined,
): Promise<Order> {
  const deadline = performance.now() + 20_000;
  for (;;) {
    const { order } = await orders.placeOrder(placement);
    if (order === undefined) throw new Error("an answer without an order");
    if (order.state !== OrderState.PENDING) return order;
    if (performance.now() >= deadline) throw new Error(`order ${order.orderId} stays PENDING`);
    onPending(order);
    await sleep(25);
  }
}
