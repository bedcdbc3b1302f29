import { randomUUIDv7 } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Side } from "@banyan/strangler";
import { DatabaseFailure } from "../database/database-failure.ts";
import type { Queryable } from "../database/session.ts";
import type { World } from "./world.ts";

/** Creates a user, as the monolith and the service do. @returns its id */
export async function createUser(session: Queryable, name = "Ada"): Promise<string> {
  const id = randomUUIDv7();
  await session.query(
    `insert into users (id, email, email_key, name, password_hash) values ($1, $2, $2, $3, '$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA')`,
    [id, `${id}@example.com`, name],
  );
  return id;
}

export async function createUsers(session: Queryable, count: number): Promise<void> {
  await session.query(
    `insert into users (id, email, email_key, name, password_hash)
     select id, id || '@example.com', id || '@example.com', 'User', 'hash'
     from (select gen_random_uuid() as id from generate_series(1, $1)) as made`,
    [count],
  );
}

export async function renameUser(session: Queryable, side: Side, id: string, name: string): Promise<void> {
  // The monolith counts its versions itself, the service's database does so for it.
  const version = side === "legacy" ? ", version = version + 1" : "";
  await session.query(`update users set name = $2${version} where id = $1`, [id, name]);
}

export async function userIds(session: Queryable): Promise<string[]> {
  return (await session.query<{ id: string }>("select id from users order by id")).map(({ id }) => id);
}

export interface Writers extends AsyncDisposable {
  /** The users that were created: an answer was had. */
  readonly created: string[];
  /** How many writes a fence has refused. */
  readonly refused: () => number;
}

/** Writers of one side that create and rename users without a pause, and try again what a fence refuses, until disposal. */
export async function startWriters(world: World, side: Side, count: number): Promise<Writers> {
  const created: string[] = [];
  let refused = 0;
  const stopping = new AbortController();
  const write = async (): Promise<void> => {
    const session = await world.session(side);
    while (!stopping.signal.aborted) {
      try {
        const id = await createUser(session);
        created.push(id);
        await renameUser(session, side, id, "Grace");
      } catch (error) {
        if (!(error instanceof DatabaseFailure && (error.isFenced || error.isContention))) throw error;
        refused += 1;
      }
      await sleep(2);
    }
  };
  const writing = Promise.all(Array.from({ length: count }, write));
  writing.catch(() => undefined); // told by the disposal
  return {
    created,
    refused: () => refused,
    async [Symbol.asyncDispose]() {
      stopping.abort();
      await writing;
    },
  };
}
