/** A user as a caller was told. */
export interface KnownUser {
  readonly userId: string;
  readonly email: string;
  readonly name: string;
}

export interface KnownItem {
  readonly sku: string;
  readonly name: string;
  readonly priceMinorUnits: bigint;
}

export interface KnownOrder {
  readonly orderId: string;
  readonly userId: string;
  readonly idempotencyKey: string;
  readonly sku: string;
  readonly quantity: number;
  /** Of `performance.now()`: when its caller was told of it. */
  readonly toldAt: number;
  /** When its caller was told that it is cancelled; undefined while it is not. */
  cancelledAt?: number;
}

export interface KnownAddition {
  readonly requestId: string;
  readonly sku: string;
  readonly quantity: number;
}

/** What an order is in the end. */
export interface FinalOrder {
  readonly state: "CONFIRMED" | "CANCELLED" | "other";
  readonly sku: string;
  readonly quantity: number;
  /** Undefined where it has none. */
  readonly totalMinorUnits: bigint | undefined;
}

/** What callers were told has been done: all of it must be there from then on, once. */
export class Acknowledged {
  readonly users: KnownUser[] = [];
  readonly items: KnownItem[] = [];
  readonly orders: KnownOrder[] = [];
  readonly additions: KnownAddition[] = [];
  readonly #orderIds = new Set<string>();
  #cancels = 0;
  readonly #itemsBySku = new Map<string, KnownItem>();

  userCreated(user: KnownUser): void {
    this.users.push(user);
  }

  itemPut(item: KnownItem): void {
    this.items.push(item);
    this.#itemsBySku.set(item.sku, item);
  }

  stockAdded(addition: KnownAddition): void {
    this.additions.push(addition);
  }

  /** @throws when the order is another one's: it was doubled, or mixed up */
  orderPlaced(order: KnownOrder): void {
    if (this.#orderIds.has(order.orderId)) throw new Error(`order ${order.orderId} was answered to two callers`);
    this.#orderIds.add(order.orderId);
    this.orders.push(order);
  }

  /** One that nobody has cancelled, each once; undefined when there is none yet. */
  nextToCancel(): KnownOrder | undefined {
    const order = this.orders[this.#cancels * 3];
    if (order !== undefined) this.#cancels += 1;
    return order;
  }

  /** How much must be in stock of each item when no reservation is open. */
  expectedStock(): ReadonlyMap<string, bigint> {
    const expected = new Map(this.items.map(({ sku }) => [sku, 0n]));
    const add = (sku: string, quantity: number): void =>
      void expected.set(sku, (expected.get(sku) ?? 0n) + BigInt(quantity));
    for (const { sku, quantity } of this.additions) add(sku, quantity);
    for (const { sku, quantity, cancelledAt } of this.orders) if (cancelledAt === undefined) add(sku, -quantity);
    return expected;
  }

  /**
   * What is not as callers were told, in words.
   *
   * @param orders all that the users have, by id
   * @param stock of all these items, by sku; others are not looked at
   */
  differences(orders: ReadonlyMap<string, FinalOrder>, stock: ReadonlyMap<string, bigint>): readonly string[] {
    const differences = this.orders.flatMap((order) =>
      differencesOf(order, orders.get(order.orderId), this.#itemsBySku),
    );
    for (const orderId of orders.keys()) {
      if (!this.#orderIds.has(orderId)) differences.push(`order ${orderId} is there and nobody was told of it`);
    }
    for (const [sku, expected] of this.expectedStock()) {
      const available = stock.get(sku);
      if (available !== expected) differences.push(`${sku}: ${available} in stock, ${expected} expected`);
    }
    return differences;
  }
}

function differencesOf(
  { orderId, sku, quantity, cancelledAt }: KnownOrder,
  found: FinalOrder | undefined,
  items: ReadonlyMap<string, KnownItem>,
): readonly string[] {
  if (found === undefined) return [`order ${orderId} was acknowledged and is not there`];
  const state = cancelledAt === undefined ? "CONFIRMED" : "CANCELLED";
  const total = (items.get(sku)?.priceMinorUnits ?? 0n) * BigInt(quantity);
  const wrong = [
    ...(found.state === state ? [] : [`is ${found.state}, not ${state}`]),
    ...(found.sku === sku && found.quantity === quantity ? [] : ["has other lines than were ordered"]),
    ...(found.totalMinorUnits === total ? [] : [`costs ${found.totalMinorUnits}, not ${total}`]),
  ];
  return wrong.map((what) => `order ${orderId} ${what}`);
}
