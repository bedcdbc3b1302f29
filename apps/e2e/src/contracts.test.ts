import { afterAll, beforeAll, describe, inject } from "vitest";
import { openTransport, protocols, type DisposableTransport } from "./clients/transport.ts";
import { inventoryContract } from "./contracts/inventory-contract.ts";
import { orderContract } from "./contracts/order-contract.ts";
import { userContract } from "./contracts/user-contract.ts";
import { addressesOf, servers } from "./platform/servers.ts";

const combinations = servers.flatMap((server) => protocols.map((protocol) => ({ server, protocol })));

describe.each(combinations)("the $server over $protocol", ({ server, protocol }) => {
  let user: DisposableTransport;
  let order: DisposableTransport;
  let inventory: DisposableTransport;

  beforeAll(() => {
    const addresses = addressesOf(server, inject("platform"));
    user = openTransport(addresses.user, protocol);
    order = openTransport(addresses.order, protocol);
    inventory = openTransport(addresses.inventory, protocol);
  });

  afterAll(() => {
    for (const transport of [user, order, inventory]) transport[Symbol.dispose]();
  });

  userContract(() => user);
  inventoryContract(() => inventory);
  orderContract(() => ({ user, order, inventory }));
});
