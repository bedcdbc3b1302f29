import { ErrorReasonSchema as InventoryReasons, InventoryService } from "@banyan/stubs-inventory";
import { ErrorReasonSchema as OrderReasons } from "@banyan/stubs-order";
import {
  BadRequestSchema,
  ErrorInfoSchema,
  PreconditionFailureSchema,
  ResourceInfoSchema,
  RetryInfoSchema,
} from "@banyan/stubs-standard/error-details";
import { ErrorReasonSchema as UserReasons } from "@banyan/stubs-user";
import { Code, ConnectError, createClient } from "@connectrpc/connect";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { openClients } from "./clients/clients.ts";
import { openTransport } from "./clients/transport.ts";
import { newEmail, newSku } from "./contracts/samples.ts";
import { readErrorsPage } from "./error-reasons/documented-errors.ts";
import {
  inventoryProvocations,
  orderProvocations,
  userProvocations,
  type Provocation,
  type Scene,
} from "./error-reasons/provocations.ts";
import { eventually } from "./platform/eventually.ts";
import { startPlatform, type Platform } from "./platform/platform.ts";
import { addressesOf, servers } from "./platform/servers.ts";

const services = [
  { typeName: "user.v1.UserService", declared: UserReasons, provocations: userProvocations },
  { typeName: "order.v1.OrderService", declared: OrderReasons, provocations: orderProvocations },
  { typeName: "inventory.v1.InventoryService", declared: InventoryReasons, provocations: inventoryProvocations },
];

/** What of each server these tests have to know. */
const inside = {
  services: {
    withItems: "inventory",
    fillUp: "update items set available = 1000000000000 where sku = $1",
    secrets: /postgres|socket|ECONN|57P|\/tmp|inventory_service/,
  },
  monolith: {
    withItems: "monolith",
    fillUp: "update stock set available = 1000000000000 where sku = $1",
    secrets: /postgres|socket|ECONN|57P|\/tmp|monolith/,
  },
} as const;

/** @throws {Error} when the call does not fail */
async function errorOf(call: Promise<unknown>): Promise<ConnectError> {
  const outcome = await call.then(
    () => undefined,
    (error: unknown) => ConnectError.from(error),
  );
  if (outcome === undefined) throw new Error("expected the call to fail");
  return outcome;
}

/** All that a caller is sent of an error. */
function onTheWire({ rawMessage, details, metadata }: ConnectError): string {
  const bytes = details.map((detail) =>
    "type" in detail ? Buffer.from(detail.value).toString("latin1") : detail.value,
  );
  return JSON.stringify([rawMessage, bytes, [...metadata]]);
}

/** A status as gRPC spells it. */
function statusOf({ code }: ConnectError): string {
  return Code[code].replace(/(?<=[a-z])[A-Z]/g, "_$&").toUpperCase();
}

describe.each(servers)("the %s:", (server) => {
  const { withItems, fillUp: fillUpStatement, secrets } = inside[server];
  const opened = new AsyncDisposableStack();
  let documented: Awaited<ReturnType<typeof readErrorsPage>>;
  let platform: Platform;
  let scene: Scene;

  beforeAll(async () => {
    documented = await readErrorsPage();
    platform = opened.use(await startPlatform());
    const { listening } = await platform.start(withItems, { environment: { RESERVATION_SECONDS: "1" } });
    const hasty = createClient(InventoryService, opened.use(openTransport(listening)));
    const clients = opened.use(openClients(addressesOf(server, inject("platform"))));
    scene = { ...clients, hasty, fillUp };
  });

  afterAll(() => opened.disposeAsync());

  async function fillUp(sku: string): Promise<void> {
    const database = new Client({ connectionString: await platform.databaseUrl(withItems) });
    await database.connect();
    try {
      await database.query(fillUpStatement, [sku]);
    } finally {
      await database.end();
    }
  }

  describe.each(services)("every reason that $typeName declares is given:", ({ typeName, declared, provocations }) => {
    const provoke: ReadonlyMap<string, Provocation> = new Map(Object.entries(provocations));
    const reasons = declared.values.map(({ localName }) => localName).filter((name) => name !== "UNSPECIFIED");

    it.each(reasons)("%s, as the page of errors has it", async (reason) => {
      const provocation = provoke.get(reason);
      if (provocation === undefined) throw new Error(`${reason} is declared: tell provocations.ts how to get it`);
      const error = await errorOf(provocation(scene));
      const { status, facts, resource } = documented(typeName, reason);
      const [info] = error.findDetails(ErrorInfoSchema);
      expect(info).toMatchObject({ reason, domain: `${declared.typeName.split(".", 1)[0]}.banyan` });
      expect(Object.keys(info?.metadata ?? {}).toSorted()).toEqual(facts);
      expect(statusOf(error)).toBe(status);
      expect(error.findDetails(ResourceInfoSchema).map(({ resourceType }) => resourceType)).toEqual(
        resource === "" ? [] : [resource],
      );
      expect(error.findDetails(BadRequestSchema)).toHaveLength(reason === "INVALID_INPUT" ? 1 : 0);
      expect(error.findDetails(PreconditionFailureSchema)).toHaveLength(status === "FAILED_PRECONDITION" ? 1 : 0);
      expect(error.findDetails(RetryInfoSchema)).toEqual([]);
    });
  });

  describe("what a caller is sent of an error", () => {
    it("has neither an email nor a name nor a password in it", async () => {
      const user = { email: newEmail(), name: "Augusta Ada", password: "correct horse battery" };
      await scene.users.createUser(user);
      for (const wrong of [user, { ...user, email: `@${user.email}` }, { ...user, password: "horse" }]) {
        const sent = onTheWire(await errorOf(scene.users.createUser(wrong)));
        for (const secret of [user.email, user.name, "horse"]) expect(sent).not.toContain(secret);
      }
    });

    it("says of a database that is away that it is away, when to come back, and nothing else", async () => {
      await scene.hasty.listItems({});
      await platform.postgres.stop();
      const error = await eventually(async () => {
        const error = await errorOf(scene.hasty.getItem({ sku: newSku() }));
        if (error.code !== Code.Unavailable) throw error;
        return error;
      });
      expect(error.rawMessage).toBe("database is unavailable");
      expect(error.details).toHaveLength(1);
      expect(error.findDetails(RetryInfoSchema)).toMatchObject([{ retryDelay: { seconds: 1n } }]);
      expect(onTheWire(error)).not.toMatch(secrets);
    });
  });
});
