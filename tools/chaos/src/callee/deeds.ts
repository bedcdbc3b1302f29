import { InventoryService } from "@banyan/stubs-inventory";
import { UserService } from "@banyan/stubs-user";
import { createClient, type Transport } from "@connectrpc/connect";
import type { Deed } from "../load/call-end.ts";

/** Calls to the service of `calleeRoutes` that a client may try again. */
export function repeatableDeeds(transport: Transport): readonly Deed[] {
  const inventory = createClient(InventoryService, transport);
  return [
    { method: "GetItem", repeatable: true, share: 6, call: () => inventory.getItem({ sku: "fig" }) },
    {
      method: "AddStock",
      repeatable: true,
      share: 3,
      call: () => inventory.addStock({ sku: "fig", quantity: 1, requestId: "one" }),
    },
  ];
}

/** A call of each idempotency level. */
export function allDeeds(transport: Transport): readonly Deed[] {
  const users = createClient(UserService, transport);
  const user = { email: "ada@example.org", name: "Ada", password: "a fig tree" };
  return [
    ...repeatableDeeds(transport),
    { method: "CreateUser", repeatable: false, share: 1, call: () => users.createUser(user) },
  ];
}
