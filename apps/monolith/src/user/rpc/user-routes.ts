import { UserService } from "@banyan/stubs-user";
import type { ConnectRouter, ServiceImpl } from "@connectrpc/connect";
import type { Users } from "../domain/user.ts";

/** `user.v1.UserService` in the words of the domain. */
export function userRoutes(users: Users): (router: ConnectRouter) => void {
  const service: ServiceImpl<typeof UserService> = {
    async getUser(request) {
      const { id, email, name } = await users.get(request);
      return { userId: id, email, name };
    },

    createUser: async (request) => ({ userId: (await users.create(request)).id, success: true }),
  };
  return (router) => router.service(UserService, service);
}
