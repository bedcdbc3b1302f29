import { BlockList, isIP, isIPv6 } from "node:net";
import { ExpectedError } from "@banyan/service";

export interface HostPort {
  /** A host's name or an IP address, without brackets. */
  readonly host: string;
  /** In [1, 65535]. */
  readonly port: number;
}

const hostNameRule = /^(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]{0,62})(\.[a-z0-9_][a-z0-9_-]{0,62})*\.?$/i;

/** Reads `host:port`, as in `10.0.0.7:50051`, `user.internal:50051` or `[fd00::7]:50051`. */
export function parseAddress(text: string): HostPort | undefined {
  const [, bracketed, plain, digits] = /^(?:\[([^\]]+)\]|([^:[\]]+)):([0-9]{1,5})$/.exec(text) ?? [];
  const port = Number(digits);
  if (!(port >= 1 && port <= 65535)) return undefined;
  if (bracketed !== undefined) return isIPv6(bracketed) ? { host: bracketed, port } : undefined;
  return plain !== undefined && isHost(plain) ? { host: plain, port } : undefined;
}

function isHost(text: string): boolean {
  // What looks like an IPv4 address and is none (`10.0.0.256`) is not a host's name either.
  return /^[0-9.]+$/.test(text) ? isIP(text) === 4 : hostNameRule.test(text);
}

export function formatAddress({ host, port }: HostPort): string {
  return isIPv6(host) ? `[${host}]:${port}` : `${host}:${port}`;
}

/** The address cannot be announced; the message says which variable to set. */
export class AddressError extends ExpectedError {
  override readonly name = "AddressError";
}

/** What decides under which address a process is announced. */
export interface AddressConfig {
  readonly ADVERTISE_ADDRESS?: string | undefined;
  readonly POD_IP?: string | undefined;
  readonly BANYAN_ENV?: "development" | "production" | undefined;
}

/**
 * The address that others can dial: `ADVERTISE_ADDRESS`, else `POD_IP` with the listening port, else the listening
 * address itself.
 *
 * @throws {AddressError} when it has no port, when it is the wildcard address, or, outside development, when it is of
 *   the loopback interface
 */
export function advertisedAddress(config: AddressConfig, listening: string): string {
  const chosen = config.ADVERTISE_ADDRESS ?? withHost(config.POD_IP, listening);
  const address = parseAddress(chosen);
  if (address === undefined) {
    throw new AddressError(`expected an address host:port to announce, got ${JSON.stringify(chosen)}`);
  }
  if (isWildcard(address.host)) {
    throw new AddressError(
      `${chosen} is no address that others can dial: set ADVERTISE_ADDRESS to this process's host:port`,
    );
  }
  if (isLoopback(address.host) && config.BANYAN_ENV !== "development") {
    throw new AddressError(
      `${chosen} can be dialled from this machine alone: set ADVERTISE_ADDRESS or POD_IP, or BANYAN_ENV=development`,
    );
  }
  return formatAddress(address);
}

function withHost(host: string | undefined, listening: string): string {
  const port = parseAddress(listening)?.port;
  return host === undefined || port === undefined ? listening : formatAddress({ host, port });
}

const wildcards = new BlockList();
wildcards.addAddress("0.0.0.0");
wildcards.addAddress("::", "ipv6");

const loopbacks = new BlockList();
loopbacks.addSubnet("127.0.0.0", 8);
loopbacks.addAddress("::1", "ipv6");

function isWildcard(host: string): boolean {
  return isListed(wildcards, host);
}

function isLoopback(host: string): boolean {
  return isListed(loopbacks, host) || /^(.*\.)?localhost\.?$/i.test(host);
}

/** Sees through IPv4-mapped IPv6 addresses. */
function isListed(list: BlockList, host: string): boolean {
  switch (isIP(host)) {
    case 4:
      return list.check(host);
    case 6:
      return list.check(host, "ipv6");
    default:
      return false;
  }
}
