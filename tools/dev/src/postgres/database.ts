import { createHmac } from "node:crypto";
import { Client } from "pg";
import { SetupError, messageOf } from "../setup-error.ts";

const connectMs = 5000;
const statementMs = 60_000;

/**
 * Makes a role and a database of the same name, which that role owns and no other role may connect to.
 *
 * What exists already is kept, with its data. The role's password is derived from the URL of the administrator, so that
 * whoever knows that URL gets the same one again.
 *
 * @param adminUrl a role that may create roles and databases
 * @param name lower-case letters, digits and underscores, a letter first, at most 63
 * @returns the URL of the database for that role
 */
export async function createDatabase(adminUrl: string, name: string): Promise<string> {
  if (!/^[a-z][a-z0-9_]{0,62}$/.test(name)) {
    throw new SetupError(`"${name}" cannot name a database: use a-z, 0-9 and _, a letter first, at most 63`);
  }
  const password = createHmac("sha256", adminUrl).update(name).digest("base64url");
  await withAdmin(adminUrl, async (admin) => {
    // CREATE DATABASE cannot be in a transaction, so two that ask at once are kept apart by this lock of the session
    await admin.query("SELECT pg_advisory_lock(hashtext('banyan: create database'))");
    const role = await admin.query("SELECT 1 FROM pg_roles WHERE rolname = $1", [name]);
    // name and password (base64url) hold no quotes; the name may be a reserved word: user, order
    await admin.query(`${role.rowCount ? "ALTER" : "CREATE"} ROLE "${name}" LOGIN PASSWORD '${password}'`);
    await admin.query(`GRANT "${name}" TO CURRENT_USER`); // without it only a superuser may give the database away
    const database = await admin.query("SELECT 1 FROM pg_database WHERE datname = $1", [name]);
    if (!database.rowCount) await admin.query(`CREATE DATABASE "${name}" OWNER "${name}"`);
    await admin.query(`REVOKE CONNECT, TEMPORARY ON DATABASE "${name}" FROM PUBLIC`);
  });
  return databaseUrl(adminUrl, name, password);
}

/** The URL of the administrator with role, password and database replaced. */
export function databaseUrl(adminUrl: string, name: string, password: string): string {
  const url = new URL(adminUrl);
  url.username = name;
  url.password = password;
  url.pathname = name;
  return url.href;
}

/** Connects as the administrator, once; every wait is bounded by 5 s for the connection and 60 s for a statement. */
export async function withAdmin<T>(adminUrl: string, work: (admin: Client) => Promise<T>): Promise<T> {
  const admin = new Client({
    connectionString: adminUrl,
    connectionTimeoutMillis: connectMs,
    query_timeout: statementMs,
    application_name: "banyan-dev",
  });
  let lost: Error | undefined;
  admin.on("error", (error) => (lost = error)); // the statement that runs fails as well
  try {
    await admin.connect();
    return await work(admin);
  } catch (error) {
    throw new SetupError(`PostgreSQL: ${messageOf(lost ?? error)}`);
  } finally {
    await admin.end();
  }
}
