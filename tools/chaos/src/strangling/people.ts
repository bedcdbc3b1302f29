import { randomUUID } from "node:crypto";
import { openDatabase } from "@banyan/postgres";
import { createLogger } from "@banyan/telemetry";

export interface Person {
  readonly id: string;
  readonly name: string;
}

const log = createLogger("people", { LOG_LEVEL: "silent", LOG_FORMAT: "json" });
const migrationsOf = (app: string): URL => new URL(`../../../../apps/${app}/migrations/`, import.meta.url);

/** Puts the same users into the databases of the monolith and of the user service. */
export async function settlePeople(
  databaseUrls: Readonly<Record<"monolith" | "user-service", string>>,
  count: number,
): Promise<readonly Person[]> {
  const people = Array.from({ length: count }, (_, index) => ({ id: randomUUID(), name: `Person ${index}` }));
  const values = [people.map(({ id }) => id), people.map(({ name }) => name)];
  const text = `insert into users (id, email, email_key, name, password_hash)
    select id, id || '@example.com', id || '@example.com', name, 'none' from unnest($1::uuid[], $2::text[]) as t(id, name)`;
  for (const [app, url] of Object.entries(databaseUrls)) {
    const config = { DATABASE_URL: url, DATABASE_POOL_SIZE: 1 };
    await using database = await openDatabase(config, { log, migrations: migrationsOf(app) });
    await database.query({ name: "settle-people", text, values });
  }
  return people;
}
