import { InventoryService } from "@banyan/stubs-inventory";
import { OrderService } from "@banyan/stubs-order";
import { UserService } from "@banyan/stubs-user";
import { createClient, type Client } from "@connectrpc/connect";
import { openTransport } from "./transport.ts";

/** The three services, as a program sees them that was generated from the contracts. */
export interface Clients {
  readonly users: Client<typeof UserService>;
  readonly orders: Client<typeof OrderService>;
  readonly inventory: Client<typeof InventoryService>;
}

/** Where to dial each of the three, `host:port`. */
export interface Addresses {
  readonly user: string;
  readonly order: string;
  readonly inventory: string;
}

/** Clients over gRPC, with connections of their own. */
export function openClients(addresses: Addresses): Clients & Disposable {
  using opening = new DisposableStack();
  const open = (address: string) => opening.use(openTransport(address));
  const clients = {
    users: createClient(UserService, open(addresses.user)),
    orders: createClient(OrderService, open(addresses.order)),
    inventory: createClient(InventoryService, open(addresses.inventory)),
  };
  const opened = opening.move();
  return { ...clients, [Symbol.dispose]: () => opened.dispose() };
}
