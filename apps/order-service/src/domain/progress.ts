import type { Money, Order, OrderStatus, Rejection } from "./order.ts";

/** What comes next for an order. */
export interface Progress {
  readonly status: OrderStatus;
  /** Unit prices by sku, where this step has brought them. */
  readonly unitPrices?: ReadonlyMap<string, Money>;
}

/** The users, as far as orders need them. */
export interface UserDirectory {
  exists(userId: string): Promise<boolean>;
}

/**
 * The stock, as far as orders need it. A definite no is an answer; everything that leaves the outcome open is thrown as
 * an InfrastructureError.
 */
export interface Stock {
  reserve(
    order: Order,
  ): Promise<
    | { readonly reserved: true; readonly unitPrices: ReadonlyMap<string, Money> }
    | { readonly reserved: false; readonly rejection: Rejection }
  >;
  commit(
    orderId: string,
  ): Promise<{ readonly committed: true } | { readonly committed: false; readonly rejection: Rejection }>;
  /** Gives back what the order has reserved or committed; an order that has nothing can reserve nothing afterwards. */
  release(orderId: string): Promise<void>;
}

/**
 * Does the first unfinished step of an order. Each can be done again: the neighbours answer the same question of the
 * same order in the same way.
 *
 * @throws {InfrastructureError} when the outcome is not known; the order stays where it is
 */
export function orderSteps(users: UserDirectory, stock: Stock): (order: Order) => Promise<Progress> {
  return async (order) => {
    const { status } = order;
    switch (status.state) {
      case "PENDING":
        switch (status.step) {
          case "CHECK_USER":
            return (await users.exists(order.userId)) ? pending("RESERVE") : rejected("USER_NOT_FOUND");
          case "RESERVE": {
            const answer = await stock.reserve(order);
            return answer.reserved
              ? { ...pending("COMMIT"), unitPrices: answer.unitPrices }
              : rejected(answer.rejection);
          }
          case "COMMIT": {
            const answer = await stock.commit(order.id);
            return answer.committed ? { status: { state: "CONFIRMED" } } : rejected(answer.rejection);
          }
          default:
            return status.step satisfies never;
        }
      case "CANCELLING":
        await stock.release(order.id);
        return { status: { state: "CANCELLED" } };
      case "CONFIRMED":
      case "REJECTED":
      case "CANCELLED":
        throw new Error(`order ${order.id} is ${status.state}: there is no step left`);
      default:
        return status satisfies never;
    }
  };
}

function pending(step: "RESERVE" | "COMMIT"): Progress {
  return { status: { state: "PENDING", step } };
}

function rejected(rejection: Rejection): Progress {
  return { status: { state: "REJECTED", rejection } };
}
