import type { Line, Money } from "../../goods.ts";
import type { Item } from "./item.ts";
import type { ReservedLine } from "./reservation.ts";

/** What the business does with items and their stock. Every method refuses malformed input with an InvalidInputError. */
export interface Items {
  put(item: { readonly sku: string; readonly name: string; readonly unitPrice: Money | undefined }): Promise<Item>;
  /** @throws {ItemNotFoundError} */
  get(query: { readonly sku: string }): Promise<Item>;
  /** Items by sku, those after `pageToken`, a sku; `more` tells whether there are others behind them. */
  list(query: {
    readonly pageSize: number;
    readonly pageToken: string | undefined;
  }): Promise<{ readonly items: readonly Item[]; readonly more: boolean }>;
  /** @throws {ItemNotFoundError | RequestIdReusedError | StockLimitExceededError} */
  addStock(addition: { readonly sku: string; readonly quantity: number; readonly requestId: string }): Promise<Item>;
  /** The item as it is, then newer versions. @throws {ItemNotFoundError} */
  watch(query: { readonly sku: string }, signal: AbortSignal): AsyncIterable<Item>;
}

/** What the business does with stock that is set aside. Malformed input is refused with an InvalidInputError. */
export interface Reservations {
  /**
   * @throws {ItemNotFoundError | OutOfStockError | MixedCurrenciesError | OrderIdReusedError}
   * @throws {ReservationExpiredError | ReservationReleasedError}
   */
  reserve(order: { readonly orderId: string; readonly lines: readonly Line[] }): Promise<readonly ReservedLine[]>;
  /** @throws {ReservationNotFoundError | ReservationExpiredError | ReservationReleasedError} */
  commit(query: { readonly orderId: string }): Promise<void>;
  /** @throws {ReservationNotFoundError} after which the order can reserve nothing */
  release(query: { readonly orderId: string }): Promise<void>;
  /** Ends reservations whose time is over, up to 100. @returns how many */
  expire(): Promise<number>;
}
