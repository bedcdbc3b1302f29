import { Agent } from "node:http";
import type { Transport } from "@connectrpc/connect";
import {
  createConnectTransport,
  createGrpcTransport,
  createGrpcWebTransport,
  Http2SessionManager,
} from "@connectrpc/connect-node";

/** The ways to talk to the one port of a service. */
export const protocols = ["gRPC", "gRPC-Web", "Connect JSON"] as const;

export type Protocol = (typeof protocols)[number];

export type DisposableTransport = Transport & Disposable;

/**
 * Opens connections of their own to one address: gRPC over HTTP/2, the others over HTTP/1.1. Calls without a deadline get
 * one of 15 s.
 *
 * @param address `host:port`
 */
export function openTransport(address: string, protocol: Protocol = "gRPC"): DisposableTransport {
  const baseUrl = `http://${address}`;
  const defaultTimeoutMs = 15_000;
  if (protocol === "gRPC") {
    const sessionManager = new Http2SessionManager(baseUrl);
    const transport = createGrpcTransport({ baseUrl, sessionManager, defaultTimeoutMs });
    return { ...transport, [Symbol.dispose]: () => sessionManager.abort() };
  }
  const agent = new Agent({ keepAlive: true });
  const options = { baseUrl, httpVersion: "1.1", nodeOptions: { agent }, defaultTimeoutMs } as const;
  const transport =
    protocol === "gRPC-Web"
      ? createGrpcWebTransport(options)
      : createConnectTransport({ ...options, useBinaryFormat: false });
  return { ...transport, [Symbol.dispose]: () => agent.destroy() };
}
