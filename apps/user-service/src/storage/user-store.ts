import type { Queryable } from "@banyan/postgres";
import type { User } from "../domain/user.ts";
import type { UserStore } from "../domain/users.ts";

export function createUserStore(database: Queryable): UserStore {
  return {
    async find(userId) {
      const [user] = await database.query<User>({
        name: "find-user",
        text: "select id, email, name from users where id = $1",
        values: [userId],
      });
      return user;
    },

    async insert({ id, email, emailKey, name, passwordHash }) {
      const inserted = await database.query({
        name: "insert-user",
        text: `
          insert into users (id, email, email_key, name, password_hash)
          values ($1, $2, $3, $4, $5)
          on conflict (email_key) do nothing
          returning id`,
        values: [id, email, emailKey, name, passwordHash],
      });
      return inserted.length === 1;
    },
  };
}
