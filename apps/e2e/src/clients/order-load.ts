import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Order, OrderService } from "@banyan/stubs-order";
import type { Client } from "@connectrpc/connect";
import { eventually } from "../platform/eventually.ts";
import { settleOrder } from "./settle-order.ts";

/**
 * Orders of one item, placed all the time by four callers, each under a key of its own and taken up while it is PENDING.
 * A caller pauses for 20 ms between two orders, to leave the machine some air.
 */
export interface OrderLoad extends AsyncDisposable {
  /** Orders that were settled so far. */
  readonly settled: readonly Order[];
  /** Answers so far that were PENDING. */
  readonly pending: readonly Order[];
  /** What calls have failed with so far. */
  readonly failures: readonly unknown[];
  /** Waits until `count` further orders are settled, 20 s at most. */
  settle(count: number): Promise<void>;
  /** Places no further order, and waits until those under way are settled. Disposal does the same. */
  stop(): Promise<void>;
}

export function startOrderLoad(
  orders: Client<typeof OrderService>,
  { userId, sku }: { readonly userId: string; readonly sku: string },
): OrderLoad {
  const settled: Order[] = [];
  const pending: Order[] = [];
  const failures: unknown[] = [];
  const stopping = new AbortController();

  const placeOneAfterTheOther = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      const placement = { userId, idempotencyKey: randomUUID(), lines: [{ sku, quantity: 1 }] };
      try {
        settled.push(await settleOrder(orders, placement, (order) => pending.push(order)));
      } catch (error) {
        failures.push(error);
      }
      await sleep(20);
    }
  };
  const placing = Promise.all(Array.from({ length: 4 }, placeOneAfterTheOther));
  const stop = async (): Promise<void> => {
    stopping.abort();
    await placing;
  };

  return {
    settled,
    pending,
    failures,
    async settle(count) {
      const goal = settled.length + count;
      await eventually(() => {
        if (settled.length < goal) throw new Error(`${goal - settled.length} orders are still to be settled`);
      }, 20_000);
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}
