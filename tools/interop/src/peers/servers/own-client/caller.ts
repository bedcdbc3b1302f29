import { http2Transport, type Http2Transport } from "@banyan/rpc";
import { ConnectError, createClient, type Client } from "@connectrpc/connect";
import { InteropService } from "../../../gen/interop/v1/interop_pb.ts";
import type { ForeignServer, ForeignServerKind } from "../foreign-server.ts";

/** Our client, by `http2Transport` with the engine `http2`, and the server that it calls. Disposal ends both. */
export interface Caller extends AsyncDisposable {
  readonly server: ForeignServer;
  readonly client: Client<typeof InteropService>;
  /** A transport of the same kind to another address, for its user to dispose of. */
  readonly dial: (address: string) => Http2Transport;
}

export function openCaller({ protocol }: ForeignServerKind, server: ForeignServer): Caller {
  const dial = (address: string): Http2Transport =>
    http2Transport(address, { engine: "http2", protocol, acceptCompression: true });
  const transport = dial(server.address);
  return {
    server,
    client: createClient(InteropService, transport),
    dial,
    async [Symbol.asyncDispose]() {
      await transport[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}

/** As many calls as are made at once. */
export const together = Array.from({ length: 16 }, (_, index) => index);

export const mebibyte = 1 << 20;

/** What refused the call. @throws {Error} when it was answered */
export async function refusalBy(call: Promise<unknown>): Promise<ConnectError> {
  return call.then(
    () => Promise.reject(new Error("expected a refusal, got an answer")),
    (error: unknown) => ConnectError.from(error),
  );
}
