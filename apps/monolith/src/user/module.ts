import type { Database } from "@banyan/postgres";
import type { ConnectRouter } from "@connectrpc/connect";
import { userRoutes } from "./rpc/user-routes.ts";
import { createUsers } from "./storage/users.ts";

/** Users, put together. */
export function userModule(database: Database): (router: ConnectRouter) => void {
  return userRoutes(createUsers(database));
}
