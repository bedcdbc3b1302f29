import type { DescMethod } from "@bufbuild/protobuf";
import type { BrowserAnswer, BrowserRequest } from "./browser-fetch.ts";
import { enveloped, envelopesIn } from "./envelope.ts";
import { grpcWebStatus } from "./grpc-web-answer.ts";
import { type Refusal, refusalOfEnd, refusalOfJson } from "./refusal.ts";

/** What a page can speak with `fetch`, in binary. */
export interface BrowserProtocol {
  readonly name: string;
  request(
    method: DescMethod,
    message: Uint8Array,
    headers: Readonly<Record<string, string>>,
  ): Pick<BrowserRequest, "headers" | "body">;
  /** The headers of a deadline. */
  deadline(ms: number): Readonly<Record<string, string>>;
  /** The message of an answer of a unary method. */
  message(answer: BrowserAnswer): Uint8Array;
  /** Why a unary method has not answered. */
  refusal(answer: BrowserAnswer): Refusal;
  /** How a stream has ended. */
  ending(answer: BrowserAnswer): Refusal;
}

/** @see https://connectrpc.com/docs/protocol */
const connect: BrowserProtocol = {
  name: "Connect",
  request: ({ methodKind }, message, headers) =>
    methodKind === "unary"
      ? { headers: { ...headers, "content-type": "application/proto" }, body: message }
      : { headers: { ...headers, "content-type": "application/connect+proto" }, body: enveloped(message) },
  deadline: (ms) => ({ "connect-timeout-ms": String(ms) }),
  message: ({ body }) => body,
  refusal: ({ body }) => refusalOfJson(body.toString()),
  ending: ({ body }) => refusalOfEnd(envelopesIn(body).at(-1)),
};

/** @see https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-WEB.md */
const grpcWeb: BrowserProtocol = {
  name: "gRPC-Web",
  request: (_, message, headers) => ({
    headers: { ...headers, "content-type": "application/grpc-web+proto", "x-grpc-web": "1" },
    body: enveloped(message),
  }),
  deadline: (ms) => ({ "grpc-timeout": `${ms}m` }),
  message: ({ body }) => envelopesIn(body)[0] ?? new Uint8Array(),
  refusal: grpcWebStatus,
  ending: grpcWebStatus,
};

export const browserProtocols = [connect, grpcWeb] as const;
