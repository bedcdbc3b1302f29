import { readFile } from "node:fs/promises";
import { ExpectedError } from "@banyan/service";
import { z } from "zod";
import { secureContextOf, type ClientTls } from "./client-tls.ts";

/** The variables that `readClientTls` reads. */
export interface ClientConfig {
  /** A file with the certificates, in PEM, that servers are to be signed by; callers speak TLS where it is set. */
  readonly TLS_CA_FILE?: string | undefined;
}

/** The shape of `ClientConfig` in the environment of whoever calls services. */
export function clientEnvironment() {
  return { TLS_CA_FILE: z.string().optional() };
}

/**
 * Reads whom to trust; undefined where nothing is configured, for cleartext. It is read once: other certificates want a new
 * process.
 *
 * @throws {ExpectedError} naming the variable when the file cannot be read, or holds no certificates
 */
export async function readClientTls({ TLS_CA_FILE }: ClientConfig): Promise<ClientTls | undefined> {
  if (TLS_CA_FILE === undefined) return undefined;
  const tls = { ca: await read(TLS_CA_FILE) };
  try {
    secureContextOf(tls);
    return tls;
  } catch (error) {
    throw new ExpectedError(`TLS_CA_FILE: expected certificates in PEM in ${TLS_CA_FILE}`, { cause: error });
  }
}

async function read(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new ExpectedError(`TLS_CA_FILE: cannot read ${path}`, { cause: error });
  }
}
