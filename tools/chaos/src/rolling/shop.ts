import { randomUUID } from "node:crypto";
import { balancedTransport } from "@banyan/rpc";
import { openRegistry, type RegistryLog } from "@banyan/registry";
import { InventoryService } from "@banyan/stubs-inventory";
import { OrderService, OrderState } from "@banyan/stubs-order";
import { UserService } from "@banyan/stubs-user";
import { createClient } from "@connectrpc/connect";
import type { Deed } from "../load/call-end.ts";
import type { Ledger, OrderFacts } from "./ledger.ts";

/** A caller of the platform: a registry and connections of its own. */
export interface Shop extends AsyncDisposable {
  /** Items to sell, with stock, and users to sell them to. */
  stockUp(): Promise<Goods>;
  /** What it does all day. */
  deeds(goods: Goods): readonly Deed[];
  /** Every order of the users, by id. */
  orders(goods: Goods): Promise<ReadonlyMap<string, OrderFacts>>;
  stock(goods: Goods): Promise<ReadonlyMap<string, number>>;
}

export interface Goods {
  readonly skus: readonly string[];
  readonly userIds: readonly string[];
}

const itemCount = 20;
const userCount = 20;
const initialStock = 1_000_000;
const pageSize = 1000;
/** Until etcd has told who is there, and for what runs before the load. */
const setUpMs = 30_000;

export function openShop(etcdEndpoint: string, ledger: Ledger, log: RegistryLog): Shop {
  const registry = openRegistry({ ETCD_ENDPOINTS: [etcdEndpoint], BANYAN_ENV: "development" }, { log });
  const transports = ["user", "order", "inventory"].map((name) => balancedTransport(registry.watch(name), { name }));
  const [toUsers, toOrders, toInventory] = transports;
  if (toUsers === undefined || toOrders === undefined || toInventory === undefined) throw new Error("three services");
  const users = createClient(UserService, toUsers);
  const orders = createClient(OrderService, toOrders);
  const inventory = createClient(InventoryService, toInventory);

  const createUser = async (timeoutMs?: number): Promise<string> => {
    const request = { email: `${randomUUID()}@example.org`, name: "Ada", password: "a fig tree" };
    return (await users.createUser(request, timeoutMs === undefined ? {} : { timeoutMs })).userId;
  };
  const addStock = async (sku: string, quantity: number): Promise<void> => {
    await inventory.addStock({ sku, quantity, requestId: randomUUID() });
    ledger.added(sku, quantity);
  };
  const placeOrder = async (userId: string, sku: string, quantity: number): Promise<void> => {
    const { order } = await orders.placeOrder({ userId, idempotencyKey: randomUUID(), lines: [{ sku, quantity }] });
    if (order === undefined) throw new Error("the answer has no order");
    if (order.state !== OrderState.CONFIRMED) throw new Error(`the order is in state ${order.state}`);
    ledger.placed({ orderId: order.orderId, sku, quantity });
  };

  return {
    async stockUp() {
      const userIds: string[] = [];
      for (let i = 0; i < userCount; i++) userIds.push(await createUser(setUpMs));
      const skus = Array.from({ length: itemCount }, (_, i) => `fig-${i}`);
      for (const sku of skus) {
        const unitPrice = { currency: "EUR", minorUnits: 250n };
        await inventory.putItem({ sku, name: `Fig ${sku}`, unitPrice }, { timeoutMs: setUpMs });
        await addStock(sku, initialStock);
      }
      return { userIds, skus };
    },
    deeds({ userIds, skus }) {
      const user = (): string => pick(userIds);
      const sku = (): string => pick(skus);
      return [
        deed("GetUser", 30, () => users.getUser({ userId: user() })),
        deed("GetItem", 24, () => inventory.getItem({ sku: sku() })),
        deed("ListItems", 6, () => inventory.listItems({ pageSize: 10 })),
        deed("GetOrder", 14, async () => {
          if (ledger.orders.length > 0) await orders.getOrder({ orderId: pick(ledger.orders).orderId });
        }),
        deed("AddStock", 12, () => addStock(sku(), 1)),
        deed("PlaceOrder", 13, () => placeOrder(user(), sku(), 1 + Math.floor(Math.random() * 3))),
        // 25 ms of CPU each, for the password; so many that there is always one under way, which no client may repeat.
        { ...deed("CreateUser", 3, () => createUser()), repeatable: false },
      ];
    },
    async orders({ userIds }) {
      const found = new Map<string, OrderFacts>();
      for (const userId of userIds) {
        for (let pageToken = "", more = true; more; more = pageToken !== "") {
          const page = await orders.listOrders({ userId, pageSize, pageToken });
          for (const { orderId, state, lines } of page.orders) {
            found.set(orderId, { confirmed: state === OrderState.CONFIRMED, lines });
          }
          pageToken = page.nextPageToken;
        }
      }
      return found;
    },
    async stock({ skus }) {
      const items = await Promise.all(skus.map((sku) => inventory.getItem({ sku })));
      return new Map(items.map(({ item }) => [item?.sku ?? "", Number(item?.available ?? -1n)]));
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(transports.map((transport) => transport[Symbol.asyncDispose]()));
      await registry[Symbol.asyncDispose]();
    },
  };
}

function deed(method: string, share: number, call: () => Promise<unknown>): Deed {
  return { method, share, call, repeatable: true };
}

function pick<T>(from: readonly T[]): T {
  const picked = from[Math.floor(Math.random() * from.length)];
  if (picked === undefined) throw new RangeError("nothing to pick from");
  return picked;
}
