import { generateKeyPairSync, randomBytes, sign } from "node:crypto";

/** A value of DER: its tag, its length, its octets. @see ITU-T X.690 */
function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(parts);
  const length =
    body.length < 128 ? [body.length] : body.length < 256 ? [0x81, body.length] : [0x82, body.length >> 8, body.length];
  return Buffer.concat([Buffer.from([tag, ...length]), body]);
}

const sequence = (...parts: readonly Uint8Array[]): Buffer => der(0x30, ...parts);
const oid = (hex: string): Buffer => der(0x06, Buffer.from(hex, "hex"));
const utcTime = (date: Date): Buffer =>
  der(0x17, Buffer.from(`${date.toISOString().replace(/[-:T]/g, "").slice(2, 14)}Z`));

const ecdsaWithSha256 = sequence(oid("2a8648ce3d040302"));
const localhost = sequence(der(0x31, sequence(oid("550403"), der(0x0c, Buffer.from("localhost")))));

/**
 * A certificate for `localhost`, 127.0.0.1 and the service `user`, signed by its own key, in PEM.
 *
 * @param until when it ceases to hold. Default: in an hour
 *
 * @see RFC 5280, section 4.1
 */
export function selfSigned(until = new Date(Date.now() + 3_600_000)): { readonly key: string; readonly cert: string } {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const hosts = ["localhost", "user"].map((host) => der(0x82, Buffer.from(host)));
  const names = sequence(...hosts, der(0x87, Buffer.from([127, 0, 0, 1])));
  const extensions = der(0xa3, sequence(sequence(oid("551d11"), der(0x04, names))));
  const serial = Buffer.concat([Buffer.from([1]), randomBytes(8)]);
  const validity = sequence(utcTime(new Date(until.getTime() - 7_200_000)), utcTime(until));
  const certificate = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, serial),
    ecdsaWithSha256,
    localhost,
    validity,
    localhost,
    publicKey.export({ type: "spki", format: "der" }),
    extensions,
  );
  const signature = der(0x03, Buffer.from([0]), sign("sha256", certificate, privateKey));
  const lines =
    sequence(certificate, ecdsaWithSha256, signature)
      .toString("base64")
      .match(/.{1,64}/g) ?? [];
  return {
    key: privateKey.export({ type: "pkcs8", format: "pem" }),
    cert: ["-----BEGIN CERTIFICATE-----", ...lines, "-----END CERTIFICATE-----", ""].join("\n"),
  };
}
