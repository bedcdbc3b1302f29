import { declaredReasonOf } from "@banyan/rpc";
import * as userContract from "@banyan/stubs-user";
import { createClient, type Transport } from "@connectrpc/connect";
import type { UserDirectory } from "../domain/progress.ts";
import { neighbourFailure } from "./neighbour-failure.ts";

/** The users, as the user service knows them. */
export function createUserDirectory(transport: Transport): UserDirectory {
  const users = createClient(userContract.UserService, transport);
  return {
    async exists(userId) {
      try {
        await users.getUser({ userId });
        return true;
      } catch (error) {
        if (declaredReasonOf(error, userContract) === "USER_NOT_FOUND") return false;
        throw neighbourFailure("user service", error);
      }
    },
  };
}
