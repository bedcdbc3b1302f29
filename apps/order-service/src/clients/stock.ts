import { declaredReasonOf, type DeclaredReason } from "@banyan/rpc";
import * as inventoryContract from "@banyan/stubs-inventory";
import { createClient, type Transport } from "@connectrpc/connect";
import type { Rejection } from "../domain/order.ts";
import type { Stock } from "../domain/progress.ts";
import { neighbourFailure } from "./neighbour-failure.ts";

/** A reason that the inventory service gives for what we call a rejection by the same name. */
type Refusal = Rejection & DeclaredReason<typeof inventoryContract.ErrorReason>;

const refusalsOfReserve: readonly Refusal[] = [
  "ITEM_NOT_FOUND",
  "OUT_OF_STOCK",
  "MIXED_CURRENCIES",
  "RESERVATION_EXPIRED",
  "RESERVATION_RELEASED",
];

const refusalsOfCommit: readonly Refusal[] = ["RESERVATION_EXPIRED", "RESERVATION_RELEASED"];

/** The stock, as the inventory service keeps it. */
export function createStock(transport: Transport): Stock {
  const inventory = createClient(inventoryContract.InventoryService, transport);
  return {
    async reserve({ id, lines }) {
      try {
        const reservation = await inventory.reserve({
          orderId: id,
          lines: lines.map(({ sku, quantity }) => ({ sku, quantity })),
        });
        const unitPrices = new Map(
          reservation.lines.map(({ sku, unitPrice }) => {
            if (unitPrice === undefined) throw new Error(`a reserved line of ${sku} has no price`);
            return [sku, { minorUnits: unitPrice.minorUnits, currency: unitPrice.currency }] as const;
          }),
        );
        return { reserved: true, unitPrices };
      } catch (error) {
        return { reserved: false, rejection: rejectionOf(error, refusalsOfReserve) };
      }
    },

    async commit(orderId) {
      try {
        await inventory.commit({ orderId });
        return { committed: true };
      } catch (error) {
        return { committed: false, rejection: rejectionOf(error, refusalsOfCommit) };
      }
    },

    async release(orderId) {
      try {
        await inventory.release({ orderId });
      } catch (error) {
        if (declaredReasonOf(error, inventoryContract) === "RESERVATION_NOT_FOUND") return;
        throw neighbourFailure("inventory service", error);
      }
    },
  };
}

/** @throws {InfrastructureError} for everything that is not a definite no */
function rejectionOf(error: unknown, refusals: readonly Refusal[]): Rejection {
  const reason = declaredReasonOf(error, inventoryContract);
  const rejection = refusals.find((refusal) => refusal === reason);
  if (rejection === undefined) throw neighbourFailure("inventory service", error);
  return rejection;
}
