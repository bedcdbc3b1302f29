import { DomainError, InfrastructureError, InvalidInputError } from "@banyan/errors";
import { UserService } from "@banyan/stubs-user";
import type { ServiceImpl } from "@connectrpc/connect";
import type { Engine } from "../engine.ts";
import { serve, type ServeOptions, type Server } from "../server/serve.ts";
import { capturedLog, type CapturedLog } from "./captured-log.ts";

export class UserNotFoundError extends DomainError {
  override readonly name = "UserNotFoundError";
  override readonly kind = "not_found";
  override readonly reason = "USER_NOT_FOUND";
}

/** Answers by what the user's id says: `missing`, `broken database`, `defect`, or a user of that id. */
export const userService: ServiceImpl<typeof UserService> = {
  async getUser({ userId }) {
    switch (userId) {
      case "":
        throw new InvalidInputError([{ field: "user_id", description: "must be a UUID" }]);
      case "missing":
        throw new UserNotFoundError("no user has this id", { userId });
      case "broken database":
        throw new InfrastructureError("unavailable", "database", "connect ECONNREFUSED 10.1.2.3:5432 as user_service");
      case "defect":
        throw new Error("hunter2 is the password");
      default:
        return { userId, name: "Ada", email: "ada@example.org" };
    }
  },
  async createUser({ name }) {
    return { userId: String(name.length), success: true };
  },
};

export interface UserServer extends Server {
  readonly url: string;
  readonly captured: CapturedLog;
}

/** A real server on free ports of the loopback interface. */
export async function openUserServer(
  implementation: Partial<ServiceImpl<typeof UserService>> = {},
  options: Partial<ServeOptions> = {},
): Promise<UserServer> {
  const captured = capturedLog();
  const server = await serve({
    name: "user",
    HOST: "127.0.0.1",
    PORT: 0,
    log: captured.log,
    routes: (router) => router.service(UserService, { ...userService, ...implementation }),
    healthy: async () => {},
    ...options,
  });
  return { ...server, url: `http://${server.address}`, captured };
}

/** `openUserServer` for servers on that engine. */
export function userServersOn(engine: Engine): typeof openUserServer {
  return (implementation, options) => openUserServer(implementation, { RPC_TRANSPORT: engine, ...options });
}
