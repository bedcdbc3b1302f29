import { once } from "node:events";
import { createServer as createHttp1Server } from "node:http";
import { createServer as createHttp2Server } from "node:http2";
import type { AddressInfo, Server } from "node:net";
import { fromJson, toJson, type DescService, type JsonObject, type JsonValue, type Message } from "@bufbuild/protobuf";
import type { ConnectRouter } from "@connectrpc/connect";
import { connectNodeAdapter } from "@connectrpc/connect-node";
import { isServerStreaming, isUnary } from "../clients/dynamic-call.ts";

/** A server that gives one answer a method, whatever it is asked. */
export interface DynamicServer extends AsyncDisposable {
  /** `host:port` for HTTP/2. */
  readonly http2Address: string;
  /** `host:port` for HTTP/1.1. */
  readonly http1Address: string;
  /** The requests that have come, in their order. */
  readonly requests: readonly JsonValue[];
}

/** @param answers in JSON, by the method's name as in `getUser`; a method without one is not implemented */
export async function serveDynamically(
  service: DescService,
  answers: Readonly<Record<string, JsonObject>>,
): Promise<DynamicServer> {
  const requests: JsonValue[] = [];
  const routes = (router: ConnectRouter): void => {
    for (const method of service.methods) {
      const answer = answers[method.localName];
      if (answer === undefined) continue;
      const reply = (request: Message): Message => {
        requests.push(toJson(method.input, request));
        return fromJson(method.output, answer);
      };
      if (isUnary(method)) router.rpc(method, reply);
      if (isServerStreaming(method)) {
        router.rpc(method, async function* (request: Message) {
          yield reply(request);
        });
      }
    }
  };
  const handler = connectNodeAdapter({ routes });
  await using opening = new AsyncDisposableStack();
  const http1 = createHttp1Server(handler);
  const http2 = createHttp2Server(handler);
  for (const server of [http1, http2]) {
    await once(server.listen(0, "localhost"), "listening");
    opening.defer(async () => {
      server.close();
      if ("closeAllConnections" in server) server.closeAllConnections();
      await once(server, "close");
    });
  }
  const opened = opening.move();
  return {
    http1Address: addressOf(http1),
    http2Address: addressOf(http2),
    requests,
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

function addressOf(server: Server): string {
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === "string") throw new Error("expected a TCP port");
  return `localhost:${address.port}`;
}
