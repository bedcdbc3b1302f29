import type { Order } from "@banyan/stubs-order";

/** An order as it was asked for and answered. */
export interface PlacedOrder {
  readonly orderId: string;
  readonly sku: string;
  readonly quantity: number;
}

/** What callers were told has been done: what must be true in the end. */
export class Ledger {
  readonly orders: PlacedOrder[] = [];
  readonly #added = new Map<string, number>();
  readonly #keys = new Set<string>();

  /** @throws when the order is another one's: an order was doubled, or mixed up */
  placed(order: PlacedOrder): void {
    if (this.#keys.has(order.orderId)) throw new Error(`order ${order.orderId} was answered twice`);
    this.#keys.add(order.orderId);
    this.orders.push(order);
  }

  added(sku: string, quantity: number): void {
    this.#added.set(sku, (this.#added.get(sku) ?? 0) + quantity);
  }

  get skus(): readonly string[] {
    return [...this.#added.keys()];
  }

  /** How much there must be: what was added, less what was ordered. */
  expectedStock(): ReadonlyMap<string, number> {
    const expected = new Map(this.#added);
    for (const { sku, quantity } of this.orders) expected.set(sku, (expected.get(sku) ?? 0) - quantity);
    return expected;
  }

  /**
   * What is not as callers were told, in words.
   *
   * @param orders all that the order service has, by id
   * @param stock what the inventory service has, by sku
   */
  reconcile(orders: ReadonlyMap<string, OrderFacts>, stock: ReadonlyMap<string, number>): readonly string[] {
    const differences = this.orders.flatMap(({ orderId, sku, quantity }) => {
      const found = orders.get(orderId);
      if (found === undefined) return [`order ${orderId} was acknowledged and is not there`];
      if (!found.confirmed) return [`order ${orderId} was acknowledged and is not CONFIRMED`];
      const [line] = found.lines;
      const isSame = found.lines.length === 1 && line?.sku === sku && line.quantity === quantity;
      return isSame ? [] : [`order ${orderId} has other lines than were ordered`];
    });
    for (const orderId of orders.keys()) {
      if (!this.#keys.has(orderId)) differences.push(`order ${orderId} is there and nobody was told of it`);
    }
    for (const [sku, expected] of this.expectedStock()) {
      const available = stock.get(sku);
      if (available !== expected) differences.push(`${sku}: ${available} in stock, ${expected} expected`);
    }
    return differences;
  }
}

/** What counts of an order. */
export interface OrderFacts {
  readonly confirmed: boolean;
  readonly lines: readonly Pick<Order["lines"][number], "sku" | "quantity">[];
}
