import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import { createClient, type Client, type Transport } from "@connectrpc/connect";
import {
  compressionBrotli,
  compressionGzip,
  createConnectTransport,
  createGrpcTransport,
  createGrpcWebTransport,
  Http2SessionManager,
} from "@connectrpc/connect-node";
import type { Protocol } from "./conformance-case.ts";
import { ScriptedService } from "./gen/conformance/v1/conformance_pb.ts";

export interface ReferenceOptions {
  readonly protocol: Protocol;
  readonly version: "HTTP/1.1" | "HTTP/2";
  readonly codec: "proto" | "json";
  readonly compression: "identity" | "gzip" | "br";
  /** The certificate to trust; of URLs of https. */
  readonly ca: string;
}

const compressions = { identity: undefined, gzip: compressionGzip, br: compressionBrotli } as const;

const pool = { keepAlive: true, maxSockets: 8 };

/** A client of connect-node, whose connections are closed when it is disposed. */
export function openReferenceClient(
  baseUrl: string,
  { protocol, version, codec, compression, ca }: ReferenceOptions,
): { readonly client: Client<typeof ScriptedService> } & Disposable {
  const sendCompression = compressions[compression];
  const options = {
    baseUrl,
    useBinaryFormat: codec === "proto",
    ...(sendCompression !== undefined && { sendCompression }),
    compressMinBytes: 0,
    useHttpGet: true,
  };
  const create = { "gRPC-Web": createGrpcWebTransport, Connect: createConnectTransport };
  if (version === "HTTP/2") {
    const sessionManager = new Http2SessionManager(baseUrl, undefined, { ca });
    const transport: Transport =
      protocol === "gRPC"
        ? createGrpcTransport({ ...options, sessionManager })
        : create[protocol]({ ...options, sessionManager, httpVersion: "2" });
    return { client: createClient(ScriptedService, transport), [Symbol.dispose]: () => sessionManager.abort() };
  }
  if (protocol === "gRPC") throw new TypeError("gRPC takes HTTP/2");
  const agent = baseUrl.startsWith("https:") ? new HttpsAgent({ ca, ...pool }) : new HttpAgent(pool);
  const transport = create[protocol]({ ...options, httpVersion: "1.1", nodeOptions: { agent } });
  return { client: createClient(ScriptedService, transport), [Symbol.dispose]: () => agent.destroy() };
}
