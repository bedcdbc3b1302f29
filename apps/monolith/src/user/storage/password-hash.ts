import { argon2, randomBytes } from "node:crypto";
import { promisify } from "node:util";

const derive = promisify(argon2);

/** The user service's own: what is hashed here can be verified there. About 25 ms and 19 MiB a password. */
const [memory, passes, parallelism, tagLength] = [19 * 1024, 2, 1, 32];

/** Hashes a password with a salt of its own. @returns PHC string format, `$argon2id$v=19$m=19456,t=2,p=1$<salt>$<hash>` */
export async function hashPassword(password: string): Promise<string> {
  const nonce = randomBytes(16);
  const tag = await derive("argon2id", { message: password, nonce, memory, passes, parallelism, tagLength });
  const [salt, hash] = [nonce, tag].map((bytes) => bytes.toString("base64").replaceAll("=", ""));
  return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${salt}$${hash}`;
}
