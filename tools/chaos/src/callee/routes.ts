import { InventoryService } from "@banyan/stubs-inventory";
import { UserService } from "@banyan/stubs-user";
import type { ConnectRouter } from "@connectrpc/connect";

/** The service that callers of the rows call: a method of each idempotency level, and nothing behind it but `perform`. */
export function calleeRoutes(perform: (signal: AbortSignal) => Promise<void>): (router: ConnectRouter) => void {
  return (router) => {
    router.service(InventoryService, {
      async getItem({ sku }, { signal }) {
        await perform(signal);
        return { item: { sku } };
      },
      async addStock({ sku }, { signal }) {
        await perform(signal);
        return { item: { sku } };
      },
    });
    router.service(UserService, {
      async createUser(_, { signal }) {
        await perform(signal);
        return { userId: "018f0000-0000-7000-8000-000000000000", success: true };
      },
    });
  };
}
