import { startPostgres } from "@banyan/dev";
import { openDatabase, type Database } from "@banyan/postgres";
import { domainErrors } from "@banyan/rpc";
import { UserService } from "@banyan/stubs-user";
import { createLogger } from "@banyan/telemetry";
import { createClient, createRouterTransport, type Client } from "@connectrpc/connect";
import { randomUUIDv7 } from "node:crypto";
import { createUsers } from "../domain/users.ts";
import { userRoutes } from "../rpc/user-routes.ts";
import { hashPassword } from "../storage/password-hash.ts";
import { createUserStore } from "../storage/user-store.ts";

/** The whole service but for its port: routes in memory, on a real database. */
export async function openUsers(): Promise<
  AsyncDisposable & { readonly client: Client<typeof UserService>; readonly database: Database }
> {
  await using stack = new AsyncDisposableStack();
  const log = createLogger("user", { LOG_LEVEL: "silent", LOG_FORMAT: "json" });
  const server = stack.use(await startPostgres());
  const config = { DATABASE_URL: await server.createDatabase("user_service"), DATABASE_POOL_SIZE: 10 };
  const migrations = new URL("../../migrations/", import.meta.url);
  const database = stack.use(await openDatabase(config, { log, migrations }));
  const users = createUsers({ store: createUserStore(database), hashPassword, newId: randomUUIDv7 });
  const transport = createRouterTransport(userRoutes(users), {
    router: { interceptors: [domainErrors({ domain: "user.banyan", log })] },
  });
  const opened = stack.move();
  return {
    client: createClient(UserService, transport),
    database,
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}
