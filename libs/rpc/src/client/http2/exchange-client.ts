import type { UniversalClientFn } from "@connectrpc/connect/protocol";
import { ConnectError } from "@connectrpc/connect";
import { FieldHeaders } from "../../wire/field-headers.ts";
import { validFields } from "../../wire/header-fields.ts";
import type { Connections } from "./connections.ts";
import { pseudoFields } from "./known-method.ts";
import { StreamExchange } from "./stream-exchange.ts";

/** What Connect's own transports make their HTTP requests by. */
export function exchangeClient(address: string, connections: Connections): UniversalClientFn {
  return async ({ url, method, header, body, signal }) => {
    const pseudo = pseudoFields(method, new URL(url));
    const exchange = new StreamExchange(address, connections, {
      parts: { fields: pseudo, passing: Array.from(header).flat(), isEnd: body === undefined },
      body: body?.[Symbol.asyncIterator](),
      signal,
    });
    const { status, fields } = await exchange.head;
    const trailer = new FieldHeaders();
    return {
      status,
      header: new FieldHeaders(validFields(fields)),
      trailer,
      body: { [Symbol.asyncIterator]: () => piecesOf(exchange, trailer) },
    };
  };
}

function piecesOf(exchange: StreamExchange, trailer: FieldHeaders): AsyncIterator<Uint8Array, undefined> {
  return {
    async next() {
      for (;;) {
        const value = exchange.take();
        if (value !== undefined) return { done: false, value };
        if (await exchange.more()) continue;
        trailer.receive(validFields(exchange.trailers));
        return { done: true, value: undefined };
      }
    },
    async throw(error: unknown) {
      exchange.break(ConnectError.from(error));
      throw error;
    },
  };
}
