import { connect, type Socket } from "node:net";
import { TLSSocket } from "node:tls";
import { Code, ConnectError } from "@connectrpc/connect";
import { connectSecurely, secureContextOf, tlsFailure, type ClientTls } from "./client-tls.ts";

/** Where to dial, and how. */
export interface Target {
  /** `https:` where TLS is spoken. */
  readonly url: URL;
  readonly tls: ClientTls | undefined;
}

/**
 * @param address `host:port`; an IPv6 host is in brackets
 * @throws {TypeError} when it is not one; naming the option, when it is one of TLS
 */
export function targetOf(address: string, tls: ClientTls | undefined): Target {
  if (!/^(\[[0-9a-f:.]+\]|[^\s:/?#@[\]]+):[0-9]{1,5}$/i.test(address)) {
    throw new TypeError(`address: expected host:port, got ${JSON.stringify(address)}`);
  }
  if (tls !== undefined) secureContextOf(tls);
  return { url: new URL(`${tls === undefined ? "http" : "https"}://${address}`), tls };
}

/**
 * A socket that is destroyed when it is not connected in time, TLS included: TCP itself would try for minutes. So is one whose
 * peer does not prove who it is, or does not agree on HTTP/2.
 */
export function connectWithin({ url, tls }: Target, timeoutMs: number): Socket {
  const host = url.hostname.replace(/^\[(.*)\]$/, "$1");
  if (tls === undefined) return bounded(connect({ host, port: Number(url.port || 80) }), "connect", timeoutMs);
  return bounded(connectSecurely(host, Number(url.port || 443), tls), "secureConnect", timeoutMs);
}

/** Whether the socket is still being connected. */
export function isOpening(socket: Socket): boolean {
  return socket.connecting || (socket instanceof TLSSocket && socket.alpnProtocol === null);
}

/** Why an address could not be reached, in words that tell of it. */
export function dialFailure(error: Error): string {
  // Several addresses of one name that all refuse give an error without words of its own.
  if (error instanceof AggregateError) return error.errors.map((each) => ConnectError.from(each).rawMessage).join(", ");
  return tlsFailure(error) ?? ConnectError.from(error).rawMessage;
}

function bounded(socket: Socket, connected: "connect" | "secureConnect", timeoutMs: number): Socket {
  const late = (): void =>
    void socket.destroy(new ConnectError(`not connected within ${timeoutMs} ms`, Code.Unavailable));
  const timer = setTimeout(late, timeoutMs).unref();
  const settle = (): void => clearTimeout(timer);
  return socket.setNoDelay(true).once(connected, settle).once("close", settle);
}
