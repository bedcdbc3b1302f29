import { createHash } from "node:crypto";
import { realpathSync } from "node:fs";
import { chmod, mkdir } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";

/** What the places of files depend on. */
export interface Owner {
  /** The numeric user id; 0 is root. */
  readonly uid: number;
  readonly home: string;
  readonly temporary: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** The user who runs this process. */
export function currentOwner(): Owner {
  return { uid: process.getuid?.() ?? -1, home: homedir(), temporary: tmpdir(), env: process.env };
}

/**
 * Where fetched and copied programs are kept; shared by all checkouts of a user.
 *
 * Root's is below /var, whatever the environment says: PostgreSQL refuses to run as root, and the user `nobody` who
 * runs it there must be able to reach the folder.
 */
export function cacheFolder(owner: Owner = currentOwner()): string {
  if (owner.uid === 0) return "/var/cache/banyan";
  return join(owner.env["XDG_CACHE_HOME"] || join(owner.home, ".cache"), "banyan");
}

/** Where the data and logs of one checkout are kept between runs. */
export function stateFolder(checkout: string, owner: Owner = currentOwner()): string {
  if (owner.uid === 0) return join("/var/lib/banyan", checkoutHash(checkout));
  return join(owner.env["XDG_STATE_HOME"] || join(owner.home, ".local", "state"), "banyan", checkoutHash(checkout));
}

/** Where the control socket of one checkout's supervisor is; short, because a socket's path is bounded (104 bytes). */
export function controlFolder(checkout: string, owner: Owner = currentOwner()): string {
  return join(socketBase(owner), `banyan-${owner.uid}-${checkoutHash(checkout)}`);
}

/** Names a checkout: 12 hexadecimal digits of the SHA-256 of its real path. */
export function checkoutHash(checkout: string): string {
  return createHash("sha256").update(realpathSync(checkout)).digest("hex").slice(0, 12);
}

/** The folder of the checkout that this file belongs to. */
export function thisCheckout(): string {
  return realpathSync(join(import.meta.dirname, "..", "..", ".."));
}

/**
 * The folder below which unix sockets and throwaway data are made: the system's temporary folder, or /tmp where that
 * one is too long for a socket, or belongs to root alone.
 */
export function socketBase(owner: Owner = currentOwner()): string {
  const longestName = "/banyan-postgres-XXXXXX/.s.PGSQL.5432".length;
  const longestPath = 100;
  return owner.uid === 0 || Buffer.byteLength(owner.temporary) + longestName > longestPath ? "/tmp" : owner.temporary;
}

/** Makes `folder` with all above it, such that every user may enter and list it whatever the umask. */
export async function makeReachable(folder: string): Promise<string> {
  const first = await mkdir(folder, { recursive: true });
  if (first === undefined) return folder;
  for (let made = folder; made.length >= first.length; made = join(made, "..")) await chmod(made, 0o755);
  return folder;
}
