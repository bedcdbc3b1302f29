import { readFileSync } from "node:fs";
import type { ServerTask } from "./messages.ts";

/** What Node's servers take of a key and its certificate. */
export function tlsPair({ certFile, keyFile }: NonNullable<ServerTask["tls"]>): { cert: Buffer; key: Buffer } {
  return { cert: readFileSync(certFile), key: readFileSync(keyFile) };
}
