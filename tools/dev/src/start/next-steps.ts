import { randomUUID } from "node:crypto";
import { access, constants } from "node:fs/promises";
import { delimiter, join } from "node:path";
import type { Addresses, FirstOrder } from "./first-order.ts";

/** A command to try, and what it does. */
export interface NextStep {
  readonly what: string;
  readonly command: string;
}

export interface Surroundings {
  readonly addresses: Addresses;
  readonly etcdEndpoint: string;
  readonly order: FirstOrder;
  /** Which of the programs that are nice to have are installed. */
  readonly installed: ReadonlySet<string>;
}

/** Commands that work when pasted while the platform runs, with the ids that the first order has left. */
export function nextSteps({ addresses, etcdEndpoint, order, installed }: Surroundings): NextStep[] {
  const json = "-H 'content-type: application/json'";
  const lines = [{ sku: order.sku, quantity: 1 }];
  const another = JSON.stringify({ userId: order.userId, idempotencyKey: randomUUID(), lines });
  const user = JSON.stringify({ user_id: order.userId });
  const item = JSON.stringify({ sku: order.sku });
  const steps: NextStep[] = [
    {
      what: "list the items",
      command: `curl -s ${json} -d '{}' http://${addresses.inventory}/inventory.v1.InventoryService/ListItems`,
    },
    {
      what: "place another order; again, it is the same order",
      command: `curl -s ${json} -d '${another}' http://${addresses.order}/order.v1.OrderService/PlaceOrder`,
    },
    {
      what: "read the user over gRPC",
      command: `npx buf curl --http2-prior-knowledge --protocol grpc -d '${user}' http://${addresses.user}/user.v1.UserService/GetUser`,
    },
  ];
  if (installed.has("grpcurl")) {
    const method = "inventory.v1.InventoryService/WatchStock";
    steps.push({
      what: "watch the stock change, until Ctrl-C",
      command: `grpcurl -plaintext -d '${item}' ${addresses.inventory} ${method}`,
    });
  }
  if (installed.has("etcdctl")) {
    const command = `ETCDCTL_API=3 etcdctl --endpoints ${etcdEndpoint} get --prefix /services/`;
    steps.push({ what: "see who is listed in etcd", command });
  }
  return steps;
}

/** Those of `programs` that are on the PATH. */
export async function findInstalled(programs: readonly string[], path: string): Promise<ReadonlySet<string>> {
  const folders = path.split(delimiter).filter((folder) => folder !== "");
  const isInstalled = async (program: string): Promise<boolean> => {
    const checks = folders.map((folder) => access(join(folder, program), constants.X_OK));
    return (await Promise.allSettled(checks)).some(({ status }) => status === "fulfilled");
  };
  const found = new Set<string>();
  for (const program of programs) if (await isInstalled(program)) found.add(program);
  return found;
}
