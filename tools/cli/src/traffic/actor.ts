import { hostname, userInfo } from "node:os";

/** Who gives the command, for the history: `ada@laptop`. */
export function actor(): string {
  return `${userName()}@${hostname()}`.slice(0, 200);
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return "somebody"; // a container may have a user id without a name
  }
}
