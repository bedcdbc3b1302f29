import type { Socket } from "node:net";

/** Who is at the other end, `host:port`; undefined when the connection is gone. */
export function addressOf({ remoteAddress, remotePort }: Pick<Socket, "remoteAddress" | "remotePort">) {
  if (remoteAddress === undefined || remotePort === undefined) return undefined;
  const host = remoteAddress.startsWith("::ffff:") ? remoteAddress.slice(7) : remoteAddress;
  return host.includes(":") ? `[${host}]:${remotePort}` : `${host}:${remotePort}`;
}
