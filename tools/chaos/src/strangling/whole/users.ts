import { randomUUID } from "node:crypto";
import type { Deed } from "../../load/call-end.ts";
import type { KnownUser } from "./acknowledged.ts";
import type { Caller } from "./caller.ts";
import { pick, rounds } from "./pick.ts";

/** Creates users, and reads each at once through the other instance, and all of them again and again. */
export function userDeeds(caller: Caller): readonly Deed[] {
  const { told } = caller;
  const next = rounds(told.users);
  return [
    { method: "create user", repeatable: false, share: 3, call: () => createUser(caller) },
    {
      method: "read user",
      repeatable: true,
      share: 30,
      call: async () => readUser(caller, next() ?? pick(told.users)),
    },
  ];
}

export async function createUser(caller: Caller): Promise<KnownUser> {
  const { doors, told, asked } = caller;
  const email = `${randomUUID()}@example.org`;
  const name = `Ada ${email.slice(0, 8)}`;
  const { users } = doors.next();
  const { userId } = await asked.call("CreateUser", () => users.createUser({ email, name, password: "a fig tree" }));
  const user = { userId, email, name };
  told.userCreated(user);
  await readUser(caller, user);
  return user;
}

/** @throws when it is not there, or another one */
async function readUser({ doors, asked }: Caller, { userId, email, name }: KnownUser): Promise<void> {
  const { users } = doors.next();
  const found = await asked.call("GetUser", () => users.getUser({ userId }));
  if (found.userId !== userId || found.email !== email || found.name !== name) {
    throw new Error(`user ${userId} is answered as another one`);
  }
}
