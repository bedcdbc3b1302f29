import { randomUUID } from "node:crypto";
import type { UserService } from "@banyan/stubs-user";
import type { InventoryService } from "@banyan/stubs-inventory";
import type { Client } from "@connectrpc/connect";

/** A UUID of version 7, in lower case. */
export const uuidV7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** An email that no other test uses. */
export function newEmail(): string {
  return `${randomUUID()}@example.com`;
}

/** A sku that no other test uses. Those with one `prefix` are in the order in which they were made. */
export function newSku(prefix = "sku"): string {
  made += 1;
  return `${prefix}-${String(made).padStart(6, "0")}-${randomUUID()}`.slice(0, 64);
}

let made = 0;

/** Creates a user that no other test knows. @returns its id */
export async function createSomeUser(users: Client<typeof UserService>): Promise<string> {
  const { userId } = await users.createUser({ email: newEmail(), name: "Ada", password: "correct horse" });
  return userId;
}

export interface StockedItem {
  /** Default 10. */
  readonly available?: number;
  /** Default 250. */
  readonly minorUnits?: bigint;
  /** Default EUR. */
  readonly currency?: string;
  /** Default: a new one. */
  readonly sku?: string;
}

/** Puts an item that no other test knows, and stock for it. @returns its sku */
export async function stockItem(inventory: Client<typeof InventoryService>, item: StockedItem = {}): Promise<string> {
  const { available = 10, minorUnits = 250n, currency = "EUR", sku = newSku() } = item;
  await inventory.putItem({ sku, name: "Apple", unitPrice: { minorUnits, currency } });
  if (available > 0) await inventory.addStock({ sku, quantity: available, requestId: randomUUID() });
  return sku;
}

/** How many of an item can be reserved now. */
export async function availableOf(inventory: Client<typeof InventoryService>, sku: string): Promise<number> {
  const { item } = await inventory.getItem({ sku });
  if (item === undefined) throw new Error(`an answer without the item ${sku}`);
  return Number(item.available);
}
