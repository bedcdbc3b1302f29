import { UserService } from "@banyan/stubs-user";
import { create, toBinary, type DescMethod } from "@bufbuild/protobuf";
import { BenchService } from "../../gen/bench/v1/bench_pb.ts";
import { user } from "../programs/calls.ts";
import { envelope } from "./envelope.ts";

export interface Request {
  readonly path: string;
  readonly body: Buffer;
}

/** What a neutral load sends for a unary call, or for a stream from the server. */
export function requestOf(call: {
  readonly kind: "get" | "echo" | "list";
  readonly payloadBytes: number;
  readonly messages: number;
}): Request {
  const { getUser } = UserService.method;
  const { echo, list } = BenchService.method;
  switch (call.kind) {
    case "get":
      return request(getUser, toBinary(getUser.input, create(getUser.input, { userId: user.userId })));
    case "echo": {
      const payload = new Uint8Array(call.payloadBytes).fill(7);
      return request(echo, toBinary(echo.input, create(echo.input, { payload })));
    }
    case "list":
      return request(list, toBinary(list.input, create(list.input, { count: call.messages })));
    default:
      return call.kind satisfies never;
  }
}

function request({ parent, name }: DescMethod, message: Uint8Array): Request {
  return { path: `/${parent.typeName}/${name}`, body: envelope(message) };
}
