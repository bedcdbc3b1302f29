import { randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import forge from "node-forge";
import type { EtcdTls } from "./flags.ts";

const dayMs = 86_400_000;

interface Issuer {
  readonly name: string;
  readonly keys: forge.pki.rsa.KeyPair;
}

const generateKeyPair = promisify(forge.pki.rsa.generateKeyPair.bind(forge.pki.rsa));

/**
 * Makes a certificate authority in the folder, and a certificate that it signed: for `localhost` and 127.0.0.1, good for
 * a server and for a client, for a day.
 *
 * @param hosts further names that the certificate has
 */
export async function createCertificates(
  folder: string,
  hosts: readonly string[] = [],
): Promise<Pick<EtcdTls, "caFile" | "certFile" | "keyFile">> {
  const authority: Issuer = { name: "test-authority", keys: await newKeys() };
  const server: Issuer = { name: "localhost", keys: await newKeys() };
  const isAuthority = { name: "basicConstraints", cA: true };
  const forLoopback = {
    name: "subjectAltName",
    altNames: [...["localhost", ...hosts].map((value) => ({ type: 2, value })), { type: 7, ip: "127.0.0.1" }],
  };
  const forBothEnds = { name: "extKeyUsage", serverAuth: true, clientAuth: true };

  const files = {
    caFile: join(folder, "ca.pem"),
    certFile: join(folder, "cert.pem"),
    keyFile: join(folder, "key.pem"),
  };
  await writeFile(files.caFile, certificateOf(authority, authority, [isAuthority]));
  await writeFile(files.certFile, certificateOf(server, authority, [forLoopback, forBothEnds]));
  await writeFile(files.keyFile, forge.pki.privateKeyToPem(server.keys.privateKey), { mode: 0o600 });
  return files;
}

function newKeys(): Promise<forge.pki.rsa.KeyPair> {
  return generateKeyPair({ bits: 2048 });
}

/** @returns PEM */
function certificateOf(subject: Issuer, issuer: Issuer, extensions: object[]): string {
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = subject.keys.publicKey;
  // The first digit keeps the number positive.
  certificate.serialNumber = `0${randomBytes(8).toString("hex")}`;
  certificate.validity.notBefore = new Date(Date.now() - dayMs);
  certificate.validity.notAfter = new Date(Date.now() + dayMs);
  certificate.setSubject([{ name: "commonName", value: subject.name }]);
  certificate.setIssuer([{ name: "commonName", value: issuer.name }]);
  certificate.setExtensions(extensions);
  certificate.sign(issuer.keys.privateKey, forge.md.sha256.create());
  return forge.pki.certificateToPem(certificate);
}
