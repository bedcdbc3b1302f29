import { randomBytes, randomUUID } from "node:crypto";
import { textAt } from "../json.ts";
import { SetupError } from "../setup-error.ts";
import { callJson } from "./connect-json.ts";

/** Where the three services are, each as `host:port`. */
export interface Addresses {
  readonly user: string;
  readonly order: string;
  readonly inventory: string;
}

/** An order that was placed and confirmed, and what was made for it. */
export interface FirstOrder {
  readonly orderId: string;
  readonly userId: string;
  readonly sku: string;
  readonly quantity: number;
  /** As `39.80 EUR`. */
  readonly total: string;
  /** What the log lines of the call and of the calls below it carry. */
  readonly requestId: string;
}

export const placeOrder = "order.v1.OrderService/PlaceOrder";
/** What an order that goes well calls, in this order. */
export const callsBelow = [
  "user.v1.UserService/GetUser",
  "inventory.v1.InventoryService/Reserve",
  "inventory.v1.InventoryService/Commit",
];

/**
 * Creates a user and an item with stock, and orders two of it.
 *
 * @throws {SetupError} saying what was refused, or in which other state the order has ended
 */
export async function placeFirstOrder(at: Addresses): Promise<FirstOrder> {
  const mark = randomBytes(3).toString("hex");
  const sku = `demo-${mark}`;
  const quantity = 2;
  const requestId = randomUUID();

  const user = { email: `ada-${mark}@example.com`, name: "Ada", password: randomUUID() };
  const userId = textAt(await callJson(at.user, "user.v1.UserService/CreateUser", user), "userId") ?? "";
  const item = { sku, name: "Fig, potted", unitPrice: { minorUnits: "1990", currency: "EUR" } };
  await callJson(at.inventory, "inventory.v1.InventoryService/PutItem", item);
  const stock = { sku, quantity: 100, requestId: randomUUID() };
  await callJson(at.inventory, "inventory.v1.InventoryService/AddStock", stock);

  const order = { userId, idempotencyKey: randomUUID(), lines: [{ sku, quantity }] };
  const placed = await callJson(at.order, placeOrder, order, { "x-request-id": requestId });
  const orderId = textAt(placed, "order", "orderId") ?? "";
  const state = textAt(placed, "order", "state") ?? "ORDER_STATE_UNSPECIFIED";
  if (state !== "ORDER_STATE_CONFIRMED") {
    const reason = textAt(placed, "order", "rejectionReason")?.replace("REJECTION_REASON_", "");
    const ending = state.replace("ORDER_STATE_", "") + (reason === undefined ? "" : `: ${reason}`);
    throw new SetupError(`order ${orderId} was to end CONFIRMED and is ${ending} (request ${requestId})`);
  }
  const minorUnits = textAt(placed, "order", "total", "minorUnits") ?? "0";
  const total = formatMoney(minorUnits, textAt(placed, "order", "total", "currency") ?? "");
  return { orderId, userId, sku, quantity, total, requestId };
}

/** Writes an amount of minor units with as many decimals as the currency has: 3980 and EUR as `39.80 EUR`. */
export function formatMoney(minorUnits: string, currency: string): string {
  const isCurrency = /^[A-Z]{3}$/.test(currency);
  const format = new Intl.NumberFormat("en", isCurrency ? { style: "currency", currency } : {});
  const decimals = isCurrency ? (format.resolvedOptions().maximumFractionDigits ?? 0) : 0;
  const digits = minorUnits.replace("-", "").padStart(decimals + 1, "0");
  const whole = digits.slice(0, digits.length - decimals);
  const fraction = decimals === 0 ? "" : `.${digits.slice(-decimals)}`;
  return `${minorUnits.startsWith("-") ? "-" : ""}${whole}${fraction} ${currency}`;
}
