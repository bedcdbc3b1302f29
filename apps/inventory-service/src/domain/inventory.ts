import { parseInput } from "@banyan/errors";
import {
  ItemNotFoundError,
  OrderIdReusedError,
  RequestIdReusedError,
  ReservationExpiredError,
  ReservationNotFoundError,
  ReservationReleasedError,
} from "./errors.ts";
import {
  addition,
  assertRoomFor,
  itemQuery,
  newItem,
  pageQuery,
  type Addition,
  type Item,
  type NewItem,
} from "./item.ts";
import {
  newReservation,
  reservationQuery,
  reserveLines,
  sameLines,
  type Line,
  type Reservation,
  type ReservationState,
  type ReservedLine,
} from "./reservation.ts";

/** What the business does with stock. Every method refuses malformed input with an InvalidInputError. */
export interface Inventory {
  putItem(item: {
    readonly sku: string;
    readonly name: string;
    readonly unitPrice: NewItem["unitPrice"] | undefined;
  }): Promise<Item>;
  /** @throws {ItemNotFoundError} */
  getItem(query: { readonly sku: string }): Promise<Item>;
  /** Items by sku, those after `pageToken`, a sku; `more` tells whether there are others behind them. */
  listItems(query: {
    readonly pageSize: number;
    readonly pageToken: string | undefined;
  }): Promise<{ readonly items: readonly Item[]; readonly more: boolean }>;
  /** @throws {ItemNotFoundError | RequestIdReusedError | StockLimitExceededError} */
  addStock(addition: Addition): Promise<Item>;
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
  expireReservations(): Promise<number>;
  /** The item as it is, then newer versions. @throws {ItemNotFoundError} */
  watchItem(query: { readonly sku: string }, signal: AbortSignal): AsyncIterable<Item>;
}

export interface InventoryStore {
  findItem(sku: string): Promise<Item | undefined>;
  /** By sku. */
  listItems(query: { readonly after: string | undefined; readonly limit: number }): Promise<readonly Item[]>;
  putItem(item: NewItem): Promise<Item>;
  /** The item as it is, then newer versions, until `signal` is aborted. `read` reads it. */
  followItem(sku: string, read: () => Promise<Item>, signal: AbortSignal): AsyncIterable<Item>;
  /** Runs `work` in one transaction; what it throws rolls everything back. */
  transaction<T>(work: (unit: InventoryUnit) => Promise<T>): Promise<T>;
}

/** What can be done within one transaction. Reservations are locked before items, items in the order of their skus. */
export interface InventoryUnit {
  /** Reads items and locks them to the end of the transaction. */
  lockItems(skus: readonly string[]): Promise<readonly Item[]>;
  /** Adds to the stock of items, or takes from it when `sign` is -1. */
  changeStock(lines: readonly Line[], sign: 1 | -1): Promise<void>;
  /** Answers what the request_id stands for when that was there before. */
  insertAddition(addition: Addition): Promise<Addition | undefined>;
  /**
   * Creates the reservation of an order without lines, or answers the one that is there, locked. One that is RESERVED and
   * past its time by the database's clock is answered as EXPIRED.
   */
  insertReservation(orderId: string, state: "RESERVED" | "RELEASED"): Promise<Reservation | undefined>;
  insertLines(orderId: string, lines: readonly ReservedLine[]): Promise<void>;
  /** As `insertReservation` answers one that is there. */
  lockReservation(orderId: string): Promise<Reservation | undefined>;
  setState(orderId: string, state: ReservationState): Promise<void>;
  /** Locks up to `limit` RESERVED reservations past their time, passing over those that somebody else has locked. */
  lockOverdue(limit: number): Promise<readonly Reservation[]>;
}

export function createInventory({ store }: { readonly store: InventoryStore }): Inventory {
  const getItem = async (sku: string): Promise<Item> => {
    const item = await store.findItem(sku);
    if (item === undefined) throw new ItemNotFoundError(sku);
    return item;
  };

  return {
    putItem: async (item) => store.putItem(parseInput(newItem, item)),

    getItem: async (query) => getItem(parseInput(itemQuery, query).sku),

    async listItems(query) {
      const { pageSize, pageToken } = parseInput(pageQuery, query);
      const items = await store.listItems({ after: pageToken, limit: pageSize + 1 });
      return { items: items.slice(0, pageSize), more: items.length > pageSize };
    },

    async addStock(input) {
      const wanted = parseInput(addition, input);
      await store.transaction(async (unit) => {
        const [item] = await unit.lockItems([wanted.sku]);
        if (item === undefined) throw new ItemNotFoundError(wanted.sku);
        const before = await unit.insertAddition(wanted);
        if (before !== undefined) {
          if (!sameLines([before], [wanted])) throw new RequestIdReusedError(wanted.requestId);
          return;
        }
        assertRoomFor(item, wanted.quantity);
        await unit.changeStock([wanted], 1);
      });
      return getItem(wanted.sku);
    },

    async reserve(order) {
      const { orderId, lines } = parseInput(newReservation, order);
      return store.transaction(async (unit) => {
        const before = await unit.insertReservation(orderId, "RESERVED");
        if (before !== undefined) {
          assertUsable(before);
          if (!sameLines(before.lines, lines)) throw new OrderIdReusedError(orderId);
          return before.lines;
        }
        const items = await unit.lockItems(lines.map(({ sku }) => sku));
        const reserved = reserveLines(items, lines);
        await unit.changeStock(lines, -1);
        await unit.insertLines(orderId, reserved);
        return reserved;
      });
    },

    async commit(query) {
      const { orderId } = parseInput(reservationQuery, query);
      await store.transaction(async (unit) => {
        const reservation = await unit.lockReservation(orderId);
        if (reservation === undefined) throw new ReservationNotFoundError(orderId);
        assertUsable(reservation);
        if (reservation.state === "RESERVED") await unit.setState(orderId, "COMMITTED");
      });
    },

    async release(query) {
      const { orderId } = parseInput(reservationQuery, query);
      const known = await store.transaction(async (unit) => {
        const reservation = await unit.insertReservation(orderId, "RELEASED");
        if (reservation === undefined) return false;
        if (reservation.state !== "EXPIRED") await giveBack(unit, [reservation], "RELEASED");
        return reservation.lines.length > 0;
      });
      if (!known) throw new ReservationNotFoundError(orderId);
    },

    async expireReservations() {
      return store.transaction(async (unit) => {
        const overdue = await unit.lockOverdue(100);
        await giveBack(unit, overdue, "EXPIRED");
        return overdue.length;
      });
    },

    watchItem(query, signal) {
      const { sku } = parseInput(itemQuery, query);
      return store.followItem(sku, () => getItem(sku), signal);
    },
  };
}

/** @throws {ReservationExpiredError | ReservationReleasedError} when the reservation has ended */
function assertUsable({ orderId, state }: Reservation): void {
  if (state === "EXPIRED") throw new ReservationExpiredError(orderId);
  if (state === "RELEASED") throw new ReservationReleasedError(orderId);
}

/** Ends reservations and gives back the stock that they still hold; all items are locked first, in their order. */
async function giveBack(unit: InventoryUnit, reservations: readonly Reservation[], as: "RELEASED" | "EXPIRED") {
  const holding = reservations.filter(({ state }) => state !== "RELEASED");
  await unit.lockItems(holding.flatMap(({ lines }) => lines.map(({ sku }) => sku)));
  for (const { orderId, lines } of holding) {
    await unit.changeStock(lines, 1);
    await unit.setState(orderId, as);
  }
}
