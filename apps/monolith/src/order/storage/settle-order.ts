import type { Database } from "@banyan/postgres";
import type { Neighbours, Order, Rejection } from "../domain/order.ts";
import { lockOrder, only } from "./order-rows.ts";
import { saveConfirmed, savePrices, saveStatus } from "./order-writes.ts";

/**
 * Takes an order as far as it goes: once, whoever asks at the same time.
 *
 * A sin of this monolith: the transaction, with the order locked, stays open while other modules are asked. When they
 * leave the process, it stays open for as long as the network takes.
 *
 * @throws {InfrastructureError} when an answer is missing; the order stays as it was, and all is asked again next time
 */
export async function settleOrder(database: Database, orderId: string, neighbours: Neighbours): Promise<Order> {
  return database.transaction(async (transaction) => {
    const order = only(await lockOrder(transaction, orderId));
    const reject = ({ rejection }: { readonly rejection: Rejection }): Promise<Order> =>
      saveStatus(transaction, order, { state: "REJECTED", rejection });
    switch (order.status.state) {
      case "PENDING": {
        if (!(await neighbours.userExists(order.userId))) return reject({ rejection: "USER_NOT_FOUND" });
        const reserved = await neighbours.reserve(order);
        if ("rejection" in reserved) return reject(reserved);
        await savePrices(transaction, order, reserved.unitPrices);
        const committed = await neighbours.commit(order);
        return committed === "committed" ? saveConfirmed(transaction, order) : reject(committed);
      }
      case "CANCELLING":
        await neighbours.release(order);
        return saveStatus(transaction, order, { state: "CANCELLED" });
      case "CONFIRMED":
      case "REJECTED":
      case "CANCELLED":
        return order;
      default:
        return order.status satisfies never;
    }
  });
}
