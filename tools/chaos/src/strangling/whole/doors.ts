import { http2Transport } from "@banyan/rpc";
import { InventoryService } from "@banyan/stubs-inventory";
import { OrderService } from "@banyan/stubs-order";
import { UserService } from "@banyan/stubs-user";
import { createClient, type Client } from "@connectrpc/connect";

/** What callers know of the monolith: one of its instances, by one connection, and nothing is tried again. */
export interface Door {
  readonly users: Client<typeof UserService>;
  readonly orders: Client<typeof OrderService>;
  readonly inventory: Client<typeof InventoryService>;
}

export interface Doors extends AsyncDisposable {
  /** The next one, in turn. */
  next(): Door;
}

/** A caller has more patience than a pause of the writes lasts. */
const deadlineMs = 40_000;

export function openDoors(addresses: readonly string[]): Doors {
  const opened = new AsyncDisposableStack();
  const doors = addresses.map((address): Door => {
    const transport = opened.use(http2Transport(address, { deadlineMs }));
    return {
      users: createClient(UserService, transport),
      orders: createClient(OrderService, transport),
      inventory: createClient(InventoryService, transport),
    };
  });
  let turn = 0;
  return {
    next() {
      turn = (turn + 1) % doors.length;
      const door = doors[turn];
      if (door === undefined) throw new RangeError("addresses: expected one at least");
      return door;
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}
