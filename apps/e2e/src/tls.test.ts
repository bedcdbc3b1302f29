import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createCertificates } from "@banyan/dev";
import { InventoryService } from "@banyan/stubs-inventory";
import { OrderService, OrderState } from "@banyan/stubs-order";
import { UserService } from "@banyan/stubs-user";
import { createClient } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";
import { expect, it } from "vitest";
import { createSomeUser, stockItem } from "./contracts/samples.ts";
import { startPlatform } from "./platform/platform.ts";

it("with certificates, the services call each other by TLS, and want them to name who is called", async () => {
  await using opened = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), "banyan-e2e-tls-"));
  opened.defer(() => rm(folder, { recursive: true }));
  const { caFile, certFile, keyFile } = await createCertificates(folder, ["user", "inventory"]);
  const ca = await readFile(caFile);
  const platform = opened.use(await startPlatform());
  const environment = { TLS_CERT_FILE: certFile, TLS_KEY_FILE: keyFile, TLS_CA_FILE: caFile };
  const user = await platform.start("user", { environment });
  const inventory = await platform.start("inventory", { environment });
  const order = await platform.start("order", { environment });

  const to = ({ listening }: { readonly listening: string }) =>
    createGrpcTransport({ baseUrl: `https://${listening}`, nodeOptions: { ca } });
  const users = createClient(UserService, to(user));
  const userId = await createSomeUser(users);
  const lines = [{ sku: await stockItem(createClient(InventoryService, to(inventory))), quantity: 1 }];
  const orders = createClient(OrderService, to(order));
  const placed = await orders.placeOrder({ userId, idempotencyKey: "k", lines });
  expect(placed.order?.state).toBe(OrderState.CONFIRMED);

  const cleartext = createClient(UserService, createGrpcTransport({ baseUrl: `http://${user.listening}` }));
  await expect(cleartext.getUser({ userId })).rejects.toThrow();
});
