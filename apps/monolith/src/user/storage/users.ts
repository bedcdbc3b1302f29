import { randomUUIDv7 } from "node:crypto";
import { parseInput } from "@banyan/errors";
import type { Queryable } from "@banyan/postgres";
import { knownUsers, rememberUser } from "../../known-users.ts";
import { EmailTakenError, UserNotFoundError } from "../domain/errors.ts";
import { emailKey, newUser, userQuery, type User, type Users } from "../domain/user.ts";
import { hashPassword } from "./password-hash.ts";

export function createUsers(database: Queryable): Users {
  return {
    async get(query) {
      const { userId } = parseInput(userQuery, query);
      const known = knownUsers.get(userId);
      if (known !== undefined) return known;
      const [user] = await database.query<User>({
        name: "find-user",
        text: "select id, email, name from users where id = $1",
        values: [userId],
      });
      if (user === undefined) throw new UserNotFoundError(userId);
      rememberUser(user);
      return user;
    },

    async create(input) {
      const { email, name, password } = parseInput(newUser, input);
      const [user] = await database.query<User>({
        name: "insert-user",
        text: `
          insert into users (id, email, email_key, name, password_hash)
          values ($1, $2, $3, $4, $5)
          on conflict (email_key) do nothing
          returning id, email, name`,
        values: [randomUUIDv7(), email, emailKey(email), name, await hashPassword(password)],
      });
      if (user === undefined) throw new EmailTakenError();
      rememberUser(user);
      return user;
    },
  };
}
