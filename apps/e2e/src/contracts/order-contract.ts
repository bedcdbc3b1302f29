import { InventoryService } from "@banyan/stubs-inventory";
import { OrderService } from "@banyan/stubs-order";
import { UserService } from "@banyan/stubs-user";
import { createClient, type Transport } from "@connectrpc/connect";
import { describe } from "vitest";
import type { Clients } from "../clients/clients.ts";
import { cancelContract } from "./cancel-contract.ts";
import { orderListContract } from "./order-list-contract.ts";
import { placementContract } from "./placement-contract.ts";
import { rejectionContract } from "./rejection-contract.ts";

/** The server of orders, and where its users and items are made. */
export interface OrderContractTransports {
  readonly user: Transport;
  readonly order: Transport;
  readonly inventory: Transport;
}

/**
 * What `order.v1.OrderService` promises, whoever serves it.
 *
 * @param transports called once its tests begin
 */
export function orderContract(transports: () => OrderContractTransports): void {
  const clients = (): Clients => {
    const { user, order, inventory } = transports();
    return {
      users: createClient(UserService, user),
      orders: createClient(OrderService, order),
      inventory: createClient(InventoryService, inventory),
    };
  };
  describe("order.v1.OrderService", () => {
    placementContract(clients);
    rejectionContract(clients);
    orderListContract(clients);
    cancelContract(clients);
  });
}
