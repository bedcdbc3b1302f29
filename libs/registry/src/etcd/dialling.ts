import { isIP } from "node:net";
import { checkServerIdentity } from "node:tls";
import { credentials as grpcCredentials, type ChannelCredentials, type ChannelOptions } from "@grpc/grpc-js";
import { parseAddress } from "../address.ts";
import type { Connection } from "./connection.ts";

/** How a member is dialled. */
export interface Dialling {
  readonly credentials: ChannelCredentials;
  readonly options: ChannelOptions;
}

/** @param endpoint `http://host:port` or `https://host:port` */
export function diallingOf(endpoint: string, { credentials }: Connection): Dialling {
  if (!endpoint.startsWith("https://")) return { credentials: grpcCredentials.createInsecure(), options: {} };
  const { rootCertificate = null, privateKey = null, certChain = null } = credentials ?? {};
  const host = parseAddress(endpoint.slice("https://".length))?.host ?? "";
  if (isIP(host) === 0) {
    return { credentials: grpcCredentials.createSsl(rootCertificate, privateKey, certChain), options: {} };
  }
  // The grpc package sends the host as the server's name, which Node refuses for an IP address (RFC 6066, section 3: it
  // is not permitted). So another name is sent, and the certificate is checked for the address all the same.
  return {
    credentials: grpcCredentials.createSsl(rootCertificate, privateKey, certChain, {
      checkServerIdentity: (_name, certificate) => checkServerIdentity(host, certificate),
    }),
    options: { "grpc.ssl_target_name_override": "etcd" },
  };
}
