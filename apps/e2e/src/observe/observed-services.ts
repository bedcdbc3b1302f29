import { randomUUID } from "node:crypto";
import { Code, ConnectError } from "@connectrpc/connect";
import { openClients, type Addresses } from "../clients/clients.ts";
import { startOrderLoad, type OrderLoad } from "../clients/order-load.ts";
import { createSomeUser, stockItem } from "../contracts/samples.ts";
import { freePort } from "../platform/free-port.ts";
import { startPlatform, type Instance, type Platform } from "../platform/platform.ts";

const names = ["user", "order", "inventory"] as const;

/** The three services at work: orders are placed all the time. */
export interface ObservedServices extends AsyncDisposable {
  /** What a Prometheus is to scrape, a job a service. */
  readonly jobs: readonly { readonly name: string; readonly targets: readonly string[] }[];
  readonly load: OrderLoad;
  readonly instances: Readonly<Record<(typeof names)[number], Instance>>;
  /** All that the three tell at this moment. */
  scrape(): Promise<string>;
}

export async function openObservedServices(): Promise<ObservedServices> {
  await using opening = new AsyncDisposableStack();
  const platform = opening.use(await startPlatform());
  const [user, order, inventory] = await Promise.all(names.map((name) => startWithMetrics(platform, name)));
  if (!user || !order || !inventory) throw new Error("expected three services");
  const at = { user: user.listening, order: order.listening, inventory: inventory.listening };
  const clients = opening.use(openClients(at));
  await callAtWrongDoor(at); // a failure by the conventions, so that there is a series with `error_type`
  const sku = await stockItem(clients.inventory, { available: 100_000 });
  const load = opening.use(startOrderLoad(clients.orders, { userId: await createSomeUser(clients.users), sku }));
  const opened = opening.move();
  return {
    instances: { user, order, inventory },
    load,
    jobs: [user, order, inventory].map(({ service, admin }) => ({ name: service, targets: [admin] })),
    scrape: async () => {
      const answers = await Promise.all([user, order, inventory].map(({ admin }) => fetch(`http://${admin}/metrics`)));
      return (await Promise.all(answers.map((answer) => answer.text()))).join("\n");
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

async function startWithMetrics(platform: Platform, name: (typeof names)[number]) {
  const port = await freePort();
  const environment = { ADMIN_PORT: String(port), INSTANCE_VERSION: "1.4.0" };
  return { ...(await platform.start(name, { environment })), admin: `localhost:${port}` };
}

/** Asks the order service for a user. */
async function callAtWrongDoor(at: Addresses): Promise<void> {
  using clients = openClients({ ...at, user: at.order });
  const outcome = await clients.users
    .getUser({ userId: randomUUID() })
    .catch((error: unknown) => ConnectError.from(error).code);
  if (outcome !== Code.Unimplemented) throw new Error("expected the order service not to know of users");
}
