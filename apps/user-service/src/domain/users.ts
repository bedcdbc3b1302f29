import { parseInput } from "@banyan/errors";
import { EmailTakenError, UserNotFoundError } from "./errors.ts";
import { emailKey, newUser, userQuery, type NewUser, type User } from "./user.ts";

/** What the business does with users. */
export interface Users {
  /** @throws {UserNotFoundError} */
  get(query: { readonly userId: string }): Promise<User>;
  /** @throws {EmailTakenError} */
  create(user: NewUser): Promise<User>;
}

export interface UserStore {
  find(userId: string): Promise<User | undefined>;
  /** Answers false, and stores nothing, when another user has this `emailKey`. */
  insert(user: User & { readonly emailKey: string; readonly passwordHash: string }): Promise<boolean>;
}

export interface UsersDependencies {
  readonly store: UserStore;
  /** One way only, salted, and slow on purpose. */
  readonly hashPassword: (password: string) => Promise<string>;
  /** A new UUIDv7. */
  readonly newId: () => string;
}

export function createUsers({ store, hashPassword, newId }: UsersDependencies): Users {
  return {
    async get(query) {
      const { userId } = parseInput(userQuery, query);
      const user = await store.find(userId);
      if (user === undefined) throw new UserNotFoundError(userId);
      return user;
    },

    async create(input) {
      const { email, name, password } = parseInput(newUser, input);
      const user = { id: newId(), email, name };
      const passwordHash = await hashPassword(password);
      const inserted = await store.insert({ ...user, emailKey: emailKey(email), passwordHash });
      if (!inserted) throw new EmailTakenError();
      return user;
    },
  };
}
