import { failureKind, InfrastructureError } from "@banyan/errors";
import { declaredReasonOf, meaningOfStatus, retryDelayOf, type DeclaredReason } from "@banyan/rpc";
import * as inventoryContract from "@banyan/stubs-inventory";
import * as userContract from "@banyan/stubs-user";
import { ConnectError, createClient, type Transport } from "@connectrpc/connect";
import type { Neighbours, Refused, Rejection } from "../domain/order.ts";

/** A reason of the inventory that an order is rejected for, under the same name. */
type Refusal = Rejection & DeclaredReason<typeof inventoryContract.ErrorReason>;

const refusals: readonly Refusal[] = [
  "ITEM_NOT_FOUND",
  "OUT_OF_STOCK",
  "MIXED_CURRENCIES",
  "RESERVATION_EXPIRED",
  "RESERVATION_RELEASED",
];

/** The other modules, wherever the transports lead. */
export function createNeighbours(transports: { readonly user: Transport; readonly inventory: Transport }): Neighbours {
  const users = createClient(userContract.UserService, transports.user);
  const inventory = createClient(inventoryContract.InventoryService, transports.inventory);
  return {
    async userExists(userId) {
      try {
        await users.getUser({ userId });
        return true;
      } catch (error) {
        if (declaredReasonOf(error, userContract) === "USER_NOT_FOUND") return false;
        throw neighbourFailure("user service", error);
      }
    },

    async reserve({ id, lines }) {
      const wanted = lines.map(({ sku, quantity }) => ({ sku, quantity }));
      const answer = await refusable(inventory.reserve({ orderId: id, lines: wanted }));
      if ("rejection" in answer) return answer;
      const unitPrices = answer.lines.map(({ sku, unitPrice }) => {
        if (unitPrice === undefined) throw new Error(`a reserved line of ${sku} has no price`);
        return [sku, unitPrice] as const;
      });
      return { unitPrices: new Map(unitPrices) };
    },

    async commit({ id }) {
      const answer = await refusable(inventory.commit({ orderId: id }));
      return "rejection" in answer ? answer : "committed";
    },

    async release({ id }) {
      try {
        await inventory.release({ orderId: id });
      } catch (error) {
        if (declaredReasonOf(error, inventoryContract) === "RESERVATION_NOT_FOUND") return;
        throw neighbourFailure("inventory service", error);
      }
    },
  };
}

/** @throws {InfrastructureError} for everything that is not a definite no */
async function refusable<Answer extends object>(call: Promise<Answer>): Promise<Answer | Refused> {
  try {
    return await call;
  } catch (error) {
    const reason = declaredReasonOf(error, inventoryContract);
    const rejection = refusals.find((refusal) => refusal === reason);
    if (rejection === undefined) throw neighbourFailure("inventory service", error);
    return { rejection };
  }
}

/** Every call that is made here may be made again: one that broke is UNAVAILABLE whether or not it had been done. */
function neighbourFailure(neighbour: string, error: unknown): InfrastructureError {
  const failed = ConnectError.from(error);
  const retryAfterMs = retryDelayOf(failed);
  const kind = failureKind(meaningOfStatus(failed.code), "none");
  return new InfrastructureError(kind, neighbour, `${neighbour}: ${failed.rawMessage}`, {
    cause: error,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });
}
