import { once } from "node:events";
import type { AddressInfo, Server } from "node:net";
import { ExpectedError } from "@banyan/service";

export interface ListenOptions {
  /** A name or an IP address; all interfaces, IPv4 and IPv6, where there is none. */
  readonly host: string | undefined;
  readonly port: number;
  /** The variable that sets the port, for the message when it is taken. */
  readonly variable: string;
}

/**
 * Listens, and answers with the address that callers dial: the host as it was given, and the port as it was bound.
 *
 * @throws {ExpectedError} when the port is taken or may not be used, or the host is not this machine's
 */
export async function listen(server: Server, options: ListenOptions): Promise<{ address: string; port: number }> {
  const { host = "::", port: wanted } = options;
  try {
    server.listen({ host, port: wanted, ipv6Only: false });
    await once(server, "listening");
  } catch (error) {
    const code = codeOf(error);
    if (options.host === undefined && host === "::" && noIpv6.has(code)) {
      return listen(server, { ...options, host: "0.0.0.0" });
    }
    throw new ExpectedError(expectation(code, host, options), { cause: error });
  }
  const port = boundPort(server.address());
  return { address: host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`, port };
}

const noIpv6: ReadonlySet<string> = new Set(["EAFNOSUPPORT", "EADDRNOTAVAIL"]);

function expectation(code: string, host: string, { port, variable }: ListenOptions): string {
  switch (code) {
    case "EADDRINUSE":
      return `port ${port} is taken: stop the program that listens there, or set ${variable}`;
    case "EACCES":
      return `port ${port} needs privileges that this process does not have: set ${variable} to 1024 or above`;
    default:
      return `cannot listen on ${host}, port ${port} (${code}): set HOST to a name or an address of this machine`;
  }
}

function boundPort(address: AddressInfo | string | null): number {
  if (address === null || typeof address === "string") throw new Error("expected a server that listens on a TCP port");
  return address.port;
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}
