import { create, toBinary } from "@bufbuild/protobuf";
import type { Enveloped } from "./conformance-case.ts";
import { ScriptedResponseSchema } from "./gen/conformance/v1/conformance_pb.ts";

/** A response with this text as its data, in binary. */
export function responseOf(text: string): Uint8Array {
  return toBinary(ScriptedResponseSchema, create(ScriptedResponseSchema, { data: new TextEncoder().encode(text) }));
}

/** The same in an envelope. */
export function response(text: string): Enveloped {
  return { content: responseOf(text) };
}

/** A response that is a message of no bytes. */
export const emptyResponse: Enveloped = { content: new Uint8Array() };
