import { afterAll, beforeAll, describe, inject } from "vitest";
import { openTransport, protocols, type DisposableTransport } from "./clients/transport.ts";
import { inventoryContract } from "./contracts/inventory-contract.ts";
import { orderContract } from "./contracts/order-contract.ts";
import { userContract } from "./contracts/user-contract.ts";

describe.each(protocols)("over %s", (protocol) => {
  let user: DisposableTransport;
  let order: DisposableTransport;
  let inventory: DisposableTransport;

  beforeAll(() => {
    const platform = inject("platform");
    user = openTransport(platform.user.listening, protocol);
    order = openTransport(platform.order.listening, protocol);
    inventory = openTransport(platform.inventory.listening, protocol);
  });

  afterAll(() => {
    for (const transport of [user, order, inventory]) transport[Symbol.dispose]();
  });

  userContract(() => user);
  inventoryContract(() => inventory);
  orderContract(() => ({ user, order, inventory }));
});
