import { connect, type Socket } from "node:net";
import { Code, ConnectError } from "@connectrpc/connect";

/** Where to dial. @param address `host:port`; an IPv6 host is in brackets @throws {TypeError} when it is not one */
export function urlOf(address: string): URL {
  if (/^(\[[0-9a-f:.]+\]|[^\s:/?#@[\]]+):[0-9]{1,5}$/i.test(address)) return new URL(`http://${address}`);
  throw new TypeError(`address: expected host:port, got ${JSON.stringify(address)}`);
}

/** A socket that is destroyed when it is not connected in time: TCP itself would try for minutes. */
export function connectWithin({ hostname, port }: URL, timeoutMs: number): Socket {
  const host = hostname.replace(/^\[(.*)\]$/, "$1");
  const socket = connect({ host, port: Number(port === "" ? 80 : port), noDelay: true });
  const late = (): void =>
    void socket.destroy(new ConnectError(`not connected within ${timeoutMs} ms`, Code.Unavailable));
  const timer = setTimeout(late, timeoutMs).unref();
  const settle = (): void => clearTimeout(timer);
  return socket.once("connect", settle).once("close", settle);
}
