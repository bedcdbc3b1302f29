import { readFile } from "node:fs/promises";
import { createSecureContext } from "node:tls";
import { ExpectedError } from "@banyan/service";

/** What a server proves with who it is, in PEM. */
export interface TlsIdentity {
  readonly key: string | Buffer;
  /** With the certificates of those that have signed it, but for the root. */
  readonly cert: string | Buffer;
}

/** The variables that tell where the identity is. */
export interface TlsConfig {
  /** A file with the certificate and its chain, in PEM; TLS is spoken where it is set. */
  readonly TLS_CERT_FILE?: string | undefined;
  /** A file with its private key, in PEM. */
  readonly TLS_KEY_FILE?: string | undefined;
}

/**
 * Reads the identity; undefined where none is configured.
 *
 * @throws {ExpectedError} naming the variable when a file cannot be read, one of the two is missing, or they do not match
 */
export async function readTlsIdentity(config: TlsConfig): Promise<TlsIdentity | undefined> {
  const { TLS_CERT_FILE, TLS_KEY_FILE } = config;
  if (TLS_CERT_FILE === undefined && TLS_KEY_FILE === undefined) return undefined;
  const cert = await read("TLS_CERT_FILE", TLS_CERT_FILE, "TLS_KEY_FILE");
  const key = await read("TLS_KEY_FILE", TLS_KEY_FILE, "TLS_CERT_FILE");
  return checkTlsIdentity({ key, cert });
}

/** @throws {ExpectedError} when key and certificate are none, or not of each other */
export function checkTlsIdentity(identity: TlsIdentity): TlsIdentity {
  try {
    createSecureContext(identity);
    return identity;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ExpectedError(`TLS_CERT_FILE, TLS_KEY_FILE: expected a certificate and its key in PEM (${reason})`, {
      cause: error,
    });
  }
}

async function read(variable: keyof TlsConfig, path: string | undefined, other: keyof TlsConfig): Promise<Buffer> {
  if (path === undefined) throw new ExpectedError(`${variable}: expected, since ${other} is set`);
  try {
    return await readFile(path);
  } catch (error) {
    throw new ExpectedError(`${variable}: cannot read ${path}`, { cause: error });
  }
}
