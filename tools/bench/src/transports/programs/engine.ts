import { serverEnvironment } from "@banyan/rpc";

/** What our servers and clients are measured with: our own HTTP/2, or what `RPC_TRANSPORT` says. */
export function readEngine() {
  return serverEnvironment({ port: 0 }).RPC_TRANSPORT.parse(process.env["RPC_TRANSPORT"]) ?? "http2";
}
