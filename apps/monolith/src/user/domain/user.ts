import { id, text } from "@banyan/errors";
import { z } from "zod";

export interface User {
  readonly id: string;
  /** As it was given. */
  readonly email: string;
  readonly name: string;
}

/** What the business does with users. Every method refuses malformed input with an InvalidInputError. */
export interface Users {
  /** @throws {UserNotFoundError} */
  get(query: { readonly userId: string }): Promise<User>;
  /** @throws {EmailTakenError} */
  create(user: { readonly email: string; readonly name: string; readonly password: string }): Promise<User>;
}

export const userQuery = z.object({ userId: id() });

/** Not more than a sign that it was meant as an email; only a letter sent to it could prove it. */
const EMAIL = /^[^\s@\p{Cc}]+@[^\s@\p{Cc}.]+(\.[^\s@\p{Cc}.]+)+$/u;

export const newUser = z.object({
  email: text({ max: 254 }).regex(EMAIL, "must be an email address"),
  name: text({ max: 200 }),
  password: text({ max: 1024 }).refine(
    (password) => Buffer.byteLength(password) >= 8 && Buffer.byteLength(password) <= 1024,
    "must have 8 to 1024 bytes",
  ),
});

/** What makes two emails the same: letter case does not count, nor how an accent is encoded. */
export function emailKey(email: string): string {
  return email.normalize("NFC").toLowerCase();
}
