import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connectionOf } from "./connection.ts";

const ETCD_ENDPOINTS = ["https://etcd-0:2379", "https://etcd-1:2379"];
const pem = (what: string): string => `-----BEGIN ${what}-----\nAAAA\n-----END ${what}-----\n`;

let folder = "";
const file = (name: string): string => join(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "banyan-connection-"));
  await writeFile(file("ca"), pem("CERTIFICATE"));
  await writeFile(file("cert"), pem("CERTIFICATE"));
  await writeFile(file("key"), pem("PRIVATE KEY"));
  await writeFile(file("words"), "none");
});
afterAll(() => rm(folder, { recursive: true }));

describe("connectionOf", () => {
  it("needs no more than endpoints", () => {
    expect(connectionOf({ ETCD_ENDPOINTS })).toEqual({ endpoints: ETCD_ENDPOINTS });
  });

  it("reads certificates and the user", () => {
    const files = { ETCD_CA_FILE: file("ca"), ETCD_CERT_FILE: file("cert"), ETCD_KEY_FILE: file("key") };
    expect(connectionOf({ ETCD_ENDPOINTS, ...files, ETCD_USERNAME: "user", ETCD_PASSWORD: "secret" })).toEqual({
      endpoints: ETCD_ENDPOINTS,
      credentials: {
        rootCertificate: Buffer.from(pem("CERTIFICATE")),
        certChain: Buffer.from(pem("CERTIFICATE")),
        privateKey: Buffer.from(pem("PRIVATE KEY")),
      },
      user: { name: "user", password: "secret" },
    });
  });

  it("trusts those that Node knows when only the client's certificate is given", () => {
    const { credentials } = connectionOf({ ETCD_ENDPOINTS, ETCD_CERT_FILE: file("cert"), ETCD_KEY_FILE: file("key") });
    expect(credentials?.rootCertificate.includes("-----BEGIN CERTIFICATE-----")).toBe(true);
  });

  it.each([
    ["a certificate without its key", { ETCD_CERT_FILE: "cert" }, "ETCD_CERT_FILE and ETCD_KEY_FILE: expected both"],
    ["a key without its certificate", { ETCD_KEY_FILE: "key" }, "ETCD_CERT_FILE and ETCD_KEY_FILE: expected both"],
    ["a file that is not there", { ETCD_CA_FILE: "none" }, "ETCD_CA_FILE: cannot read"],
    ["a file that is not PEM", { ETCD_CA_FILE: "words" }, "ETCD_CA_FILE: expected PEM in"],
  ])("refuses %s", (_what, files, message) => {
    const paths = Object.fromEntries(Object.entries(files).map(([variable, name]) => [variable, file(name)]));
    expect(() => connectionOf({ ETCD_ENDPOINTS, ...paths })).toThrow(message);
  });

  it("refuses certificates for a connection in cleartext", () => {
    const config = { ETCD_ENDPOINTS: ["http://etcd:2379"], ETCD_CA_FILE: file("ca") };
    expect(() => connectionOf(config)).toThrow("ETCD_ENDPOINTS: expected https:// beside ETCD_CA_FILE");
  });

  it.each([{ ETCD_USERNAME: "user" }, { ETCD_PASSWORD: "secret" }])(
    "refuses half a user, and shows no secret",
    (half) => {
      const open = () => connectionOf({ ETCD_ENDPOINTS, ...half });
      expect(open).toThrow("ETCD_USERNAME and ETCD_PASSWORD: expected both or neither");
      expect(open).not.toThrow("secret");
    },
  );
});
