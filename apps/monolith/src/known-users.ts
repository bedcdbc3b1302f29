import type { User } from "./user/domain/user.ts";

const most = 10_000;

/**
 * Users by id, for as long as the process lives: the user module writes and reads it, the order module reads it. Nothing of
 * a user ever changes: the contract has no call that could.
 *
 * A sin of this monolith: whoever takes one of the two modules out of the process takes the memory away between them.
 */
export const knownUsers = new Map<string, User>();

/** Remembers up to 10,000 users; then the one that was remembered first is forgotten. */
export function rememberUser(user: User): void {
  const [first] = knownUsers.keys();
  if (first !== undefined && knownUsers.size >= most) knownUsers.delete(first);
  knownUsers.set(user.id, user);
}
