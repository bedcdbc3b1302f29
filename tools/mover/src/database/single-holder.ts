import { setTimeout as sleep } from "node:timers/promises";
import { ExpectedError } from "@banyan/service";
import type { Mapping } from "../mapping/mapping.ts";
import type { Queryable } from "./session.ts";

/** What only one process may do at a time for a service: carry rows, or hand the writes over. */
export type Role = "move" | "flip";

/** Another process has the role. */
export class RoleTakenError extends ExpectedError {
  override readonly name = "RoleTakenError";

  constructor({ service }: Mapping, role: Role) {
    const what = role === "move" ? "another mover moves" : "another flip hands over the writes of";
    super(`${what} ${service}: let it end, or stop it`);
  }
}

/**
 * Takes a role until the end of the session, by a lock of PostgreSQL that ends with its connection, however that ends.
 *
 * @param candidate always that side's session: there is one place where all look
 */
export async function tryRole(candidate: Queryable, mapping: Mapping, role: Role): Promise<boolean> {
  const [row] = await candidate.query<{ readonly taken: boolean }>(
    "select pg_try_advisory_lock(hashtextextended($1, 0)) as taken",
    [nameOf(mapping, role)],
  );
  return row?.taken === true;
}

export async function leaveRole(candidate: Queryable, mapping: Mapping, role: Role): Promise<void> {
  await candidate.query("select pg_advisory_unlock(hashtextextended($1, 0))", [nameOf(mapping, role)]);
}

/** Waits for a role. @throws {RoleTakenError} when it is still taken after `patienceMs` */
export async function takeRole(candidate: Queryable, mapping: Mapping, role: Role, patienceMs: number): Promise<void> {
  const until = performance.now() + patienceMs;
  while (!(await tryRole(candidate, mapping, role))) {
    if (performance.now() >= until) throw new RoleTakenError(mapping, role);
    await sleep(100);
  }
}

function nameOf({ service }: Mapping, role: Role): string {
  return `banyan ${role} ${service}`;
}
