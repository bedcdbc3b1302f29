import { readFileSync } from "node:fs";
import { rootCertificates } from "node:tls";
import { ExpectedError } from "@banyan/service";
import type { EtcdConfig } from "../environment.ts";

/** What every connection to etcd is made with. */
export interface Connection {
  /** `http://host:port` of the members, or `https://host:port`. */
  readonly endpoints: readonly string[];
  readonly credentials?: Credentials;
  readonly user?: User;
}

/** PEM. */
interface Credentials {
  readonly rootCertificate: Buffer;
  readonly privateKey?: Buffer;
  readonly certChain?: Buffer;
}

export interface User {
  readonly name: string;
  readonly password: string;
}

/**
 * Reads the files that the configuration names, once.
 *
 * @throws {ExpectedError} when one cannot be read, or when half of a pair is missing
 */
export function connectionOf(config: EtcdConfig): Connection {
  const { ETCD_ENDPOINTS: endpoints } = config;
  return { endpoints, ...credentialsOf(config), ...userOf(config) };
}

function credentialsOf({ ETCD_ENDPOINTS, ETCD_CA_FILE, ETCD_CERT_FILE, ETCD_KEY_FILE }: EtcdConfig) {
  const isCleartext = ETCD_ENDPOINTS.some((endpoint) => !endpoint.startsWith("https://"));
  if (ETCD_CA_FILE === undefined && ETCD_CERT_FILE === undefined && ETCD_KEY_FILE === undefined) return {};
  if (isCleartext) throw new ExpectedError("ETCD_ENDPOINTS: expected https:// beside ETCD_CA_FILE or ETCD_CERT_FILE");
  if ((ETCD_CERT_FILE === undefined) !== (ETCD_KEY_FILE === undefined)) {
    throw new ExpectedError("ETCD_CERT_FILE and ETCD_KEY_FILE: expected both or neither");
  }
  const rootCertificate =
    ETCD_CA_FILE === undefined ? Buffer.from(rootCertificates.join("\n")) : readPem("ETCD_CA_FILE", ETCD_CA_FILE);
  const pair =
    ETCD_CERT_FILE === undefined || ETCD_KEY_FILE === undefined
      ? {}
      : {
          certChain: readPem("ETCD_CERT_FILE", ETCD_CERT_FILE),
          privateKey: readPem("ETCD_KEY_FILE", ETCD_KEY_FILE),
        };
  return { credentials: { rootCertificate, ...pair } };
}

function userOf({ ETCD_USERNAME: name, ETCD_PASSWORD: password }: EtcdConfig) {
  if (name === undefined && password === undefined) return {};
  if (name === undefined || password === undefined) {
    throw new ExpectedError("ETCD_USERNAME and ETCD_PASSWORD: expected both or neither");
  }
  return { user: { name, password } };
}

function readPem(variable: string, path: string): Buffer {
  try {
    const content = readFileSync(path);
    if (content.includes("-----BEGIN ")) return content;
  } catch (error) {
    const why = error instanceof Error && "code" in error ? ` (${String(error.code)})` : "";
    throw new ExpectedError(`${variable}: cannot read ${path}${why}`);
  }
  throw new ExpectedError(`${variable}: expected PEM in ${path}`);
}
