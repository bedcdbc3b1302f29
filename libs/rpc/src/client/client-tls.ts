import { X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import { checkServerIdentity, connect, createSecureContext, type SecureContext, type TLSSocket } from "node:tls";
import type { TlsIdentity } from "../server/tls.ts";

/** How a client makes sure of whom it speaks to. The server's certificate is always verified. */
export interface ClientTls {
  /** Certificates in PEM: the server's has to be one of them, or be signed by way of one. Default: the roots that Node trusts. */
  readonly ca?: string | Buffer | undefined;
  /**
   * Whom the server's certificate has to name: a host, or an IP address. Default: the service's name where instances are found
   * by it (`balancedTransport`, `healthProbe`), else the host that is dialled.
   */
  readonly serverName?: string | undefined;
  /** What this side proves with who it is, where the server asks for it. Default: nothing. */
  readonly identity?: TlsIdentity | undefined;
}

/** With a service's name, for who is dialled by an address that nobody knew before. */
export function namedTls(tls: ClientTls, service: string): ClientTls {
  return { ...tls, serverName: tls.serverName ?? service };
}

/** The same options are for every instance of a service: what is read of them is read once. */
const contexts = new WeakMap<ClientTls, SecureContext>();

/**
 * What the certificates and keys are read into.
 *
 * @throws {TypeError} naming the option, when it is not what it is to be; without a word of what it was
 */
export function secureContextOf(tls: ClientTls): SecureContext {
  const known = contexts.get(tls);
  if (known !== undefined) return known;
  const { ca, serverName, identity } = tls;
  if (serverName !== undefined && !/^[a-z0-9_.:-]{1,253}$/i.test(serverName)) {
    throw new TypeError(`tls.serverName: expected a host name or an IP address, got ${JSON.stringify(serverName)}`);
  }
  if (ca !== undefined) checkCertificates(ca);
  try {
    const context = createSecureContext({ ...(ca !== undefined && { ca }), ...identity });
    contexts.set(tls, context);
    return context;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new TypeError(`tls.identity: expected a certificate and its key in PEM (${reason})`, { cause: error });
  }
}

/**
 * A socket that connects, speaks TLS, and is destroyed when its peer does not prove who it is or does not agree on HTTP/2:
 * `secureConnect` comes of none but the right one.
 */
export function connectSecurely(host: string, port: number, tls: ClientTls): TLSSocket {
  const name = tls.serverName ?? host;
  const socket: TLSSocket = connect({
    host,
    port,
    secureContext: secureContextOf(tls),
    // Said here, since Node would take the default from NODE_TLS_REJECT_UNAUTHORIZED.
    rejectUnauthorized: true,
    ALPNProtocols: ["h2"],
    // "Literal IPv4 and IPv6 addresses are not permitted in 'HostName'": RFC 6066, section 3.
    servername: isIP(name) === 0 ? name : "",
    // Not later: node:http2 takes a socket that is destroyed when it becomes secure for a defect, and ends the process.
    checkServerIdentity: (_, certificate) =>
      checkServerIdentity(name, certificate) ?? (socket.alpnProtocol === "h2" ? undefined : new Error(noHttp2)),
  });
  return socket;
}

/** What OpenSSL's error says, without the names of its source files; undefined of other errors. */
export function tlsFailure({ message }: Error): string | undefined {
  const reason = /:SSL routines:[^:]*:([^:]+):/.exec(message)?.[1];
  if (reason === undefined) return undefined;
  return reason.endsWith("alert no application protocol") ? noHttp2 : `no TLS connection: ${reason}`;
}

const noHttp2 = "it speaks TLS, but does not agree on HTTP/2 (ALPN h2)";

/** Node takes what is no certificate without a word, and an empty text for its own roots. */
function checkCertificates(ca: string | Buffer): void {
  const expected = "tls.ca: expected certificates in PEM";
  const found = ca.toString().match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? [];
  let readable: readonly X509Certificate[];
  try {
    readable = found.map((certificate) => new X509Certificate(certificate));
  } catch (error) {
    throw new TypeError(expected, { cause: error });
  }
  if (readable.length === 0) throw new TypeError(expected);
}
