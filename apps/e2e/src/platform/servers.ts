import type { Addresses } from "../clients/clients.ts";
import type { SharedPlatform } from "./global-setup.ts";

/** Who serves the contracts: a service for each, or the monolith all of them. What one promises, the other does. */
export const servers = ["services", "monolith"] as const;

export type Servers = (typeof servers)[number];

/** Where each contract is served by the instances that all test files share. */
export function addressesOf(server: Servers, { user, order, inventory, monolith }: SharedPlatform): Addresses {
  return server === "services"
    ? { user: user.listening, order: order.listening, inventory: inventory.listening }
    : { user: monolith.listening, order: monolith.listening, inventory: monolith.listening };
}
