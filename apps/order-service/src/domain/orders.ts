import { InfrastructureError, parseInput } from "@banyan/errors";
import { IdempotencyKeyReusedError, OrderNotFoundError, OrderRejectedError } from "./errors.ts";
import { hasLines, isSettled, newOrder, orderQuery, pageQuery, type Line, type NewOrder, type Order } from "./order.ts";
import type { Progress } from "./progress.ts";

/** What the business does with orders. Every method refuses malformed input with an InvalidInputError. */
export interface Orders {
  /**
   * Places an order, or takes up the one that the user has placed under this key at its first unfinished step, and
   * answers the state reached.
   *
   * @throws {IdempotencyKeyReusedError}
   */
  place(order: {
    readonly userId: string;
    readonly idempotencyKey: string;
    readonly lines: readonly Line[];
  }): Promise<Order>;
  /** @throws {OrderNotFoundError} */
  get(query: { readonly orderId: string }): Promise<Order>;
  /** Newest first, those before `pageToken`, an order's id; `more` tells whether there are others behind them. */
  list(query: {
    readonly userId: string;
    readonly pageSize: number;
    readonly pageToken: string | undefined;
  }): Promise<{ readonly orders: readonly Order[]; readonly more: boolean }>;
  /**
   * @throws {OrderNotFoundError | OrderRejectedError}
   * @throws {InfrastructureError} when the stock could not be given back; the order stays CANCELLING
   */
  cancel(query: { readonly orderId: string }): Promise<Order>;
  /** The order as it is, then newer versions, until it is settled. @throws {OrderNotFoundError} */
  watch(query: { readonly orderId: string }, signal: AbortSignal): AsyncIterable<Order>;
}

export interface OrderStore {
  find(orderId: string): Promise<Order | undefined>;
  /** Inserts a PENDING order, or answers the one that the user has placed under this key. */
  insert(order: NewOrder & { readonly id: string }): Promise<Order>;
  /** A user's orders by id, newest first. */
  list(query: {
    readonly userId: string;
    readonly before: string | undefined;
    readonly limit: number;
  }): Promise<readonly Order[]>;
  /**
   * Takes an order to what comes next, unless somebody else has changed it since it was read.
   *
   * @returns the order as it is now, in either case
   */
  advance(order: Order, next: Progress): Promise<Order>;
  /** The order as it is, then newer versions, until `signal` is aborted. `read` reads it. */
  follow(orderId: string, read: () => Promise<Order>, signal: AbortSignal): AsyncIterable<Order>;
}

export interface OrdersDependencies {
  readonly store: OrderStore;
  /** Does the first unfinished step of an order that is not settled. */
  readonly nextStep: (order: Order) => Promise<Progress>;
  /** A new UUIDv7: later ones are greater. */
  readonly newId: () => string;
  /** Told when an order could not be taken further for now. */
  readonly onStuck: (order: Order, failure: InfrastructureError) => void;
}

export function createOrders({ store, nextStep, newId, onStuck }: OrdersDependencies): Orders {
  const get = async (orderId: string): Promise<Order> => {
    const order = await store.find(orderId);
    if (order === undefined) throw new OrderNotFoundError(orderId);
    return order;
  };

  /** Takes an order as far as it goes. @throws {InfrastructureError} when a step's outcome is not known */
  const settle = async (order: Order): Promise<Order> => {
    let current = order;
    while (!isSettled(current)) {
      try {
        current = await store.advance(current, await nextStep(current));
      } catch (error) {
        if (error instanceof InfrastructureError) onStuck(current, error);
        throw error;
      }
    }
    return current;
  };

  return {
    async place(input) {
      const wanted = parseInput(newOrder, input);
      const order = await store.insert({ ...wanted, id: newId() });
      if (!hasLines(order, wanted.lines)) throw new IdempotencyKeyReusedError(order.id);
      try {
        return await settle(order);
      } catch (error) {
        // The order stands: the caller learns how far it has come, and takes it further with the same key.
        if (error instanceof InfrastructureError) return get(order.id);
        throw error;
      }
    },

    get: async (query) => get(parseInput(orderQuery, query).orderId),

    async list(query) {
      const { userId, pageSize, pageToken } = parseInput(pageQuery, query);
      const orders = await store.list({ userId, before: pageToken, limit: pageSize + 1 });
      return { orders: orders.slice(0, pageSize), more: orders.length > pageSize };
    },

    async cancel(query) {
      const { orderId } = parseInput(orderQuery, query);
      let order = await get(orderId);
      while (order.status.state === "PENDING" || order.status.state === "CONFIRMED") {
        order = await store.advance(order, { status: { state: "CANCELLING" } });
      }
      if (order.status.state === "REJECTED") throw new OrderRejectedError(orderId);
      return settle(order);
    },

    async *watch(query, signal) {
      const { orderId } = parseInput(orderQuery, query);
      for await (const order of store.follow(orderId, () => get(orderId), signal)) {
        yield order;
        if (isSettled(order)) return;
      }
    },
  };
}
