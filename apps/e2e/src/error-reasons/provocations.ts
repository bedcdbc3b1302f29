import { randomUUID } from "node:crypto";
import type { ErrorReason as InventoryReason } from "@banyan/stubs-inventory";
import type { ErrorReason as OrderReason } from "@banyan/stubs-order";
import type { ErrorReason as UserReason } from "@banyan/stubs-user";
import type { Clients } from "../clients/clients.ts";
import { createSomeUser, newEmail, newSku, stockItem } from "../contracts/samples.ts";
import { eventually } from "../platform/eventually.ts";

/** The services, and an inventory service that is in a hurry. */
export interface Scene extends Clients {
  /** Its reservations end after a second. */
  readonly hasty: Clients["inventory"];
  /** Gives an item of `hasty` the most stock that there can be: it would take a million additions. */
  readonly fillUp: (sku: string) => Promise<void>;
}

/** Makes a service refuse a call. @returns the call */
export type Provocation = (scene: Scene) => Promise<unknown>;

/** A provocation for each reason that a contract declares. */
type Provocations<Reasons> = { readonly [reason in Exclude<keyof Reasons & string, "UNSPECIFIED">]: Provocation };

export const userProvocations: Provocations<typeof UserReason> = {
  INVALID_INPUT: ({ users }) => users.getUser({ userId: "not-a-uuid" }),
  USER_NOT_FOUND: ({ users }) => users.getUser({ userId: randomUUID() }),
  async EMAIL_TAKEN({ users }) {
    const user = { email: newEmail(), name: "Ada", password: "correct horse" };
    await users.createUser(user);
    return users.createUser(user);
  },
};

export const orderProvocations: Provocations<typeof OrderReason> = {
  INVALID_INPUT: ({ orders }) => orders.getOrder({ orderId: "" }),
  ORDER_NOT_FOUND: ({ orders }) => orders.getOrder({ orderId: randomUUID() }),
  async IDEMPOTENCY_KEY_REUSED({ users, orders, inventory }) {
    const sku = await stockItem(inventory);
    const placement = { userId: await createSomeUser(users), idempotencyKey: randomUUID() };
    await orders.placeOrder({ ...placement, lines: [{ sku, quantity: 1 }] });
    return orders.placeOrder({ ...placement, lines: [{ sku, quantity: 2 }] });
  },
  async ORDER_REJECTED({ orders }) {
    const lines = [{ sku: newSku(), quantity: 1 }];
    const { order } = await orders.placeOrder({ userId: randomUUID(), idempotencyKey: randomUUID(), lines });
    return orders.cancelOrder({ orderId: order?.orderId ?? "" });
  },
};

export const inventoryProvocations: Provocations<typeof InventoryReason> = {
  INVALID_INPUT: ({ inventory }) => inventory.getItem({ sku: "" }),
  ITEM_NOT_FOUND: ({ inventory }) => inventory.getItem({ sku: newSku() }),
  async OUT_OF_STOCK({ inventory }) {
    const sku = await stockItem(inventory, { available: 1 });
    return inventory.reserve({ orderId: randomUUID(), lines: [{ sku, quantity: 2 }] });
  },
  async MIXED_CURRENCIES({ inventory }) {
    const skus = [await stockItem(inventory, { currency: "EUR" }), await stockItem(inventory, { currency: "USD" })];
    return inventory.reserve({ orderId: randomUUID(), lines: skus.map((sku) => ({ sku, quantity: 1 })) });
  },
  RESERVATION_NOT_FOUND: ({ inventory }) => inventory.commit({ orderId: randomUUID() }),
  async RESERVATION_EXPIRED({ hasty }) {
    const orderId = randomUUID();
    const sku = await stockItem(hasty, { available: 1 });
    await hasty.reserve({ orderId, lines: [{ sku, quantity: 1 }] });
    await eventually(async () => {
      const { item } = await hasty.getItem({ sku });
      if (item?.available !== 1n) throw new Error("the reservation has not ended");
    });
    return hasty.commit({ orderId });
  },
  async RESERVATION_RELEASED({ inventory }) {
    const orderId = randomUUID();
    await inventory.reserve({ orderId, lines: [{ sku: await stockItem(inventory), quantity: 1 }] });
    await inventory.release({ orderId });
    return inventory.commit({ orderId });
  },
  async ORDER_ID_REUSED({ inventory }) {
    const orderId = randomUUID();
    const sku = await stockItem(inventory);
    await inventory.reserve({ orderId, lines: [{ sku, quantity: 1 }] });
    return inventory.reserve({ orderId, lines: [{ sku, quantity: 2 }] });
  },
  async REQUEST_ID_REUSED({ inventory }) {
    const sku = await stockItem(inventory);
    const requestId = randomUUID();
    await inventory.addStock({ sku, quantity: 1, requestId });
    return inventory.addStock({ sku, quantity: 2, requestId });
  },
  async STOCK_LIMIT_EXCEEDED({ hasty, fillUp }) {
    const sku = await stockItem(hasty);
    await fillUp(sku);
    return hasty.addStock({ sku, quantity: 1, requestId: randomUUID() });
  },
};
