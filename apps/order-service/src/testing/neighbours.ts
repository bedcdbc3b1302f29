import { ErrorInfoSchema } from "@banyan/stubs-standard/error-details";
import { InventoryService } from "@banyan/stubs-inventory";
import { UserService } from "@banyan/stubs-user";
import { type Code, ConnectError, createRouterTransport, type Transport } from "@connectrpc/connect";

/** A refusal as the services send it: USER_NOT_FOUND is the user service's, the others are the inventory service's. */
export function refusal(
  code: Code,
  reason: string,
  domain = reason === "USER_NOT_FOUND" ? "user.banyan" : "inventory.banyan",
): ConnectError {
  return new ConnectError(reason, code, undefined, [{ desc: ErrorInfoSchema, value: { reason, domain } }]);
}

type Method = "getUser" | "reserve" | "commit" | "release";

/** A user service that knows everybody and an inventory service that has everything, until they are told otherwise. */
export class Neighbours {
  /** The calls that arrived, in order. */
  readonly calls: Method[] = [];

  /** What the next call of a method does before it answers; thrown errors are its answer. Each is used once. */
  readonly next = new Map<Method, () => unknown>();

  readonly transport: Transport = createRouterTransport(({ rpc }) => {
    rpc(UserService.method.getUser, async ({ userId }) => {
      await this.#arrive("getUser");
      return { userId };
    });
    rpc(InventoryService.method.reserve, async ({ lines }) => {
      await this.#arrive("reserve");
      const unitPrice = { minorUnits: 350n, currency: "EUR" };
      return { lines: lines.map(({ sku, quantity }) => ({ sku, quantity, unitPrice })) };
    });
    rpc(InventoryService.method.commit, async () => {
      await this.#arrive("commit");
      return {};
    });
    rpc(InventoryService.method.release, async () => {
      await this.#arrive("release");
      return {};
    });
  });

  async #arrive(method: Method): Promise<void> {
    this.calls.push(method);
    const behaviour = this.next.get(method);
    this.next.delete(method);
    await behaviour?.();
  }
}
